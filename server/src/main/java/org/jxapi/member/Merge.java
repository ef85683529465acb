package org.jxapi.member;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.local.ThisHost;
import org.jxapi.local.ThisPool;
import org.jxapi.network.Networks;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Certificate;
import org.jxapi.xenapi.CertificateType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostCpu;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Secret;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VBDMetrics;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VIFMetrics;
import org.jxapi.xenapi.VLAN;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VTPM;

/**
 * Takes the objects of a joining host over: the host with its interfaces, its own storage with the disks, secrets, and
 * its VMs and custom templates. Objects keep their references and UUIDs. One whose UUID the pool has already is that one,
 * so a join that was interrupted can be repeated. References to what the pool does not take become null. Upstream:
 * update_non_vm_metadata of xapi_pool.ml, and the export of metadata.
 */
final class Merge {
    private static final String INTERNAL = "is_host_internal_management_network";

    private final Transaction tx;
    private final JoiningHost joining;
    /** The pool's objects that take the place of the host's own. */
    private final Map<Ref<?>, Ref<?>> instead = new HashMap<>();

    private final Set<Ref<?>> taken = new LinkedHashSet<>();
    /** Records that are not taken as they are. */
    private final Map<Ref<?>, Row<?>> changed = new LinkedHashMap<>();

    Merge(Transaction tx, JoiningHost joining) {
        this.tx = tx;
        this.joining = joining;
    }

    /** Returns the host's reference in the pool. */
    Ref<Host> run() {
        networks();
        host();
        interfaces();
        storage();
        machines();
        taken.removeIf(ref -> instead.containsKey(ref));
        for (Ref<?> ref : taken) {
            if (tx.classOf(ref.value()).isPresent()) {
                throw Errors.operationNotAllowed("The pool has an object with the reference " + ref.value()
                        + " already; hosts that were made with the same seed cannot share a pool");
            }
        }
        taken.forEach(this::create);
        Ref<Host> host = at(joining.ref());
        suspendAtHome(host);
        return host;
    }

    /** Takes an object over, unless the pool has one with its UUID. */
    private <C> void take(Ref<C> ref) {
        joining.find(ref).ifPresent(row -> {
            Field<C, ?> uuid = row.model().field("uuid");
            Optional<Stored<C>> known =
                    uuid == null ? Optional.empty() : tx.byUuid(row.model(), String.valueOf(row.get(uuid)));
            known.ifPresentOrElse(stored -> instead.put(ref, stored.ref()), () -> taken.add(ref));
        });
    }

    private <C> void takeAs(Ref<C> ref, Row<C> row) {
        take(ref);
        changed.put(ref, row);
    }

    /** The reference in the pool. */
    @SuppressWarnings("unchecked")
    private <C> Ref<C> at(Ref<C> ref) {
        return (Ref<C>) instead.getOrDefault(ref, ref);
    }

    private void host() {
        Ref<Host> host = joining.ref();
        Row<Host> row = joining.row();
        takeAs(host, row.with(Host.ENABLED, false));
        joining.find(row.get(Host.METRICS))
                .ifPresent(metrics -> takeAs(row.get(Host.METRICS), metrics.with(HostMetrics.LIVE, false)));
        allOfHost(HostCpu.XEN_CLASS, HostCpu.HOST);
        Ref<VM> controlDomain = row.get(Host.CONTROL_DOMAIN);
        joining.find(controlDomain).ifPresent(vm -> {
            take(controlDomain);
            take(vm.get(VM.METRICS));
            take(vm.get(VM.GUEST_METRICS));
        });
        for (Ref<Certificate> ref : joining.all(Certificate.XEN_CLASS)) {
            CertificateType type = joining.row(ref).get(Certificate.TYPE);
            if (type == CertificateType.HOST || type == CertificateType.HOST_INTERNAL) {
                take(ref);
            }
        }
    }

    private <C> void allOfHost(ClassModel<C> model, Field<C, Ref<Host>> host) {
        for (Ref<C> ref : joining.all(model)) {
            if (joining.row(ref).get(host).equals(joining.ref())) {
                take(ref);
            }
        }
    }

    /** Networks of interfaces are those of the same bridge in the pool; others are new there. */
    private void networks() {
        Set<Ref<Network>> physical = new LinkedHashSet<>();
        for (Row<PIF> pif : joining.rows(PIF.XEN_CLASS)) {
            if (pif.get(PIF.PHYSICAL)) {
                physical.add(pif.get(PIF.NETWORK));
            } else if (pif.get(PIF.MANAGEMENT)) {
                instead.put(pif.get(PIF.NETWORK), managementNetwork());
            }
        }
        Set<String> bridges = joining.rows(Network.XEN_CLASS).stream()
                .map(network -> network.get(Network.BRIDGE))
                .collect(Collectors.toCollection(HashSet::new));
        for (Ref<Network> ref : joining.all(Network.XEN_CLASS)) {
            if (instead.containsKey(ref)) {
                continue;
            }
            Row<Network> network = joining.row(ref);
            String bridge = network.get(Network.BRIDGE);
            Optional<Stored<Network>> same = tx.all(Network.XEN_CLASS).stream()
                    .filter(other -> other.row().get(Network.BRIDGE).equals(bridge))
                    .findFirst();
            boolean internal = "true".equals(network.get(Network.OTHER_CONFIG).get(INTERNAL));
            if (same.isPresent() && (physical.contains(ref) || internal)) {
                instead.put(ref, same.get().ref());
            } else if (same.isPresent()) {
                String free = Networks.freeBridge(tx, bridges);
                bridges.add(free);
                takeAs(ref, network.with(Network.BRIDGE, free));
            } else {
                take(ref);
            }
        }
    }

    private Ref<Network> managementNetwork() {
        return tx.get(ThisHost.ref(tx), Host.PIFS).stream()
                .map(tx::row)
                .filter(pif -> pif.get(PIF.MANAGEMENT))
                .findFirst()
                .orElseThrow(Errors::hostStillBooting)
                .get(PIF.NETWORK);
    }

    private void interfaces() {
        allOfHost(PIF.XEN_CLASS, PIF.HOST);
        for (Row<PIF> pif : joining.rows(PIF.XEN_CLASS)) {
            Ref<PIFMetrics> metrics = pif.get(PIF.METRICS);
            take(metrics);
        }
        joining.all(VLAN.XEN_CLASS).forEach(this::take);
    }

    private void storage() {
        joining.all(Secret.XEN_CLASS).forEach(this::take);
        for (Ref<SR> ref : joining.all(SR.XEN_CLASS)) {
            Row<SR> sr = joining.row(ref);
            Optional<Stored<SR>> tools = tx.all(SR.XEN_CLASS).stream()
                    .filter(other -> other.row().get(SR.IS_TOOLS_SR))
                    .findFirst();
            if (sr.get(SR.IS_TOOLS_SR) && tools.isPresent()) {
                instead.put(ref, tools.get().ref());
            } else {
                takeAs(ref, sr.with(SR.SHARED, false));
            }
        }
        for (Ref<PBD> ref : joining.all(PBD.XEN_CLASS)) {
            boolean own = joining.row(ref).get(PBD.HOST).equals(joining.ref());
            if (own && taken.contains(joining.row(ref).get(PBD.SR))) {
                takeAs(ref, joining.row(ref).with(PBD.CURRENTLY_ATTACHED, false));
            }
        }
        for (Ref<VDI> ref : joining.all(VDI.XEN_CLASS)) {
            if (taken.contains(joining.row(ref).get(VDI.SR))) {
                take(ref);
            }
        }
    }

    private void machines() {
        for (Ref<VM> ref : joining.all(VM.XEN_CLASS)) {
            Row<VM> vm = joining.row(ref);
            if (!vm.get(VM.IS_CONTROL_DOMAIN) && !vm.get(VM.IS_DEFAULT_TEMPLATE)) {
                Ref<Host> nowhere = Ref.nil();
                takeAs(
                        ref,
                        vm.with(VM.RESIDENT_ON, nowhere)
                                .with(VM.SCHEDULED_TO_BE_RESIDENT_ON, nowhere)
                                .with(VM.DOMID, -1L));
                Ref<VMMetrics> metrics = vm.get(VM.METRICS);
                Ref<VMGuestMetrics> guest = vm.get(VM.GUEST_METRICS);
                take(metrics);
                take(guest);
            }
        }
        for (Ref<VBD> ref : joining.all(VBD.XEN_CLASS)) {
            Row<VBD> vbd = joining.row(ref);
            if (taken.contains(vbd.get(VBD.VM))) {
                take(ref);
                Ref<VBDMetrics> metrics = vbd.get(VBD.METRICS);
                take(metrics);
            }
        }
        for (Ref<VIF> ref : joining.all(VIF.XEN_CLASS)) {
            Row<VIF> vif = joining.row(ref);
            if (taken.contains(vif.get(VIF.VM))) {
                take(ref);
                Ref<VIFMetrics> metrics = vif.get(VIF.METRICS);
                take(metrics);
            }
        }
        for (Ref<VTPM> ref : joining.all(VTPM.XEN_CLASS)) {
            if (taken.contains(joining.row(ref).get(VTPM.VM))) {
                take(ref);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private <C> void create(Ref<C> ref) {
        Row<C> row = (Row<C>) changed.getOrDefault(ref, joining.row(ref));
        Object[] values = new Object[row.model().fields().size()];
        for (Field<C, ?> field : row.model().fields()) {
            values[field.index()] = fitted(field.type(), row.get(field.index()));
        }
        tx.create(ref, Row.of(row.model(), values));
    }

    /** A value whose references lead to objects of the pool. */
    private Object fitted(Type type, Object value) {
        if (type instanceof Type.Reference reference) {
            Ref<?> ref = at((Ref<?>) value);
            return leads(ref) ? ref : reference.zero();
        } else if (type instanceof Type.SetOf set && set.element() instanceof Type.Reference) {
            return ((List<?>) value)
                    .stream().map(ref -> at((Ref<?>) ref)).filter(this::leads).toList();
        } else if (type instanceof Type.MapOf map) {
            Map<Object, Object> fitted = new LinkedHashMap<>();
            ((Map<?, ?>) value).forEach((key, element) -> {
                Object fittedKey = fitted(map.key(), key);
                Object fittedElement = fitted(map.value(), element);
                if (!isNull(fittedKey) && !isNull(fittedElement)) {
                    fitted.put(fittedKey, fittedElement);
                }
            });
            return fitted;
        }
        return value;
    }

    private static boolean isNull(Object value) {
        return value instanceof Ref<?> ref && ref.isNull();
    }

    private boolean leads(Ref<?> ref) {
        return taken.contains(ref) || tx.find(ref).isPresent();
    }

    /** Guests of a host that others cannot reach the storage of are suspended there, and not on the coordinator's own. */
    private void suspendAtHome(Ref<Host> host) {
        Ref<SR> own = at(joining.pool().get(Pool.SUSPEND_IMAGE_SR));
        if (tx.find(own).isPresent()
                && tx.find(tx.get(host, Host.SUSPEND_IMAGE_SR)).isEmpty()) {
            tx.set(host, Host.SUSPEND_IMAGE_SR, own);
        }
        Ref<Pool> pool = ThisPool.ref(tx);
        Ref<SR> pools = tx.get(pool, Pool.SUSPEND_IMAGE_SR);
        if (tx.find(pools).isPresent() && !tx.get(pools, SR.SHARED)) {
            tx.set(ThisHost.ref(tx), Host.SUSPEND_IMAGE_SR, pools);
            tx.set(pool, Pool.SUSPEND_IMAGE_SR, Ref.nil());
        }
    }
}
