package org.jxapi.reconcile;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.DomainNames;
import org.jxapi.domain.ForeignRules;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.memory.Balloons;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The properties that others may change of a live domain: its memory, its virtual CPUs, its name, its discs. */
final class DomainFacts {
    private static final Logger LOG = LoggerFactory.getLogger(DomainFacts.class);

    private final Store store;
    private final Hypervisor hypervisor;

    DomainFacts(Store store, Hypervisor hypervisor) {
        this.store = store;
        this.hypervisor = hypervisor;
    }

    /** Brings the VM's numbers and name in line with its domain; writes only what has changed. */
    void update(Ref<VM> vm, DomainInfo domain) {
        Snapshot now = store.snapshot();
        Row<VM> row = now.find(vm).map(Stored::row).orElse(null);
        if (row == null || row.get(VM.DOMID) != domain.domid()) {
            return;
        }
        long memory = domain.currentMemkb() * 1024;
        long target = target(domain.domid()) * 1024;
        long vcpus = vcpus(hypervisor, domain);
        Ref<VMMetrics> metrics = row.get(VM.METRICS);
        Row<VMMetrics> known = now.find(metrics).map(Stored::row).orElse(null);
        boolean same = known != null
                && known.get(VMMetrics.MEMORY_ACTUAL) == memory
                && known.get(VMMetrics.VCPUS_NUMBER) == vcpus
                && (target <= 0 || row.get(VM.MEMORY_TARGET) == target);
        if (!same && known != null) {
            store.change(tx -> {
                if (tx.find(metrics).isEmpty() || tx.get(vm, VM.DOMID) != domain.domid()) {
                    return;
                }
                tx.set(metrics, VMMetrics.MEMORY_ACTUAL, memory);
                if (tx.get(metrics, VMMetrics.VCPUS_NUMBER) != vcpus) {
                    tx.set(metrics, VMMetrics.VCPUS_NUMBER, vcpus);
                    Map<Long, Double> old = tx.get(metrics, VMMetrics.VCPUS_UTILISATION);
                    Map<Long, Double> utilisation = new LinkedHashMap<>();
                    for (long i = 0; i < vcpus; i++) {
                        utilisation.put(i, old.getOrDefault(i, 0.0));
                    }
                    tx.set(metrics, VMMetrics.VCPUS_UTILISATION, utilisation);
                }
                if (target > 0) {
                    tx.set(vm, VM.MEMORY_TARGET, target);
                }
            });
        }
        name(vm, row, domain.domid());
    }

    /**
     * How many virtual CPUs a domain is asked to have online, which is what XAPI counts: its guest may obey late, or never.
     * Xen's own count of those online is taken where the toolstack has not asked.
     */
    static long vcpus(Hypervisor hypervisor, DomainInfo domain) {
        String path = Xenstore.domainPath(domain.domid()) + "/cpu";
        long asked = hypervisor.xenstore().list(path).stream()
                .filter(vcpu -> hypervisor
                        .xenstore()
                        .read(path + "/" + vcpu + "/availability")
                        .equals(Optional.of("online")))
                .count();
        return asked == 0 ? domain.vcpuOnline() : asked;
    }

    /** KiB; 0 when the domain does not tell. */
    private long target(int domid) {
        try {
            return Balloons.targetKib(hypervisor, domid);
        } catch (HypervisorException e) {
            return 0;
        }
    }

    /** A VM's new name goes to its domain; a foreign domain's new name comes to its VM. */
    private void name(Ref<VM> vm, Row<VM> row, int domid) {
        try {
            String is = hypervisor.domains().name(domid);
            if (ForeignRules.isForeign(row)) {
                if (!is.equals(row.get(VM.NAME_LABEL))) {
                    store.change(tx -> {
                        tx.update(vm, VM.NAME_LABEL, is);
                    });
                }
                return;
            }
            String wanted = DomainNames.of(store.snapshot(), vm);
            if (!is.equals(wanted)) {
                hypervisor.domains().rename(domid, is, wanted);
            }
        } catch (HypervisorException e) {
            LOG.debug("Domain {} keeps its name: {}", domid, e.getMessage());
        }
    }

    /** The guest took a disc out. */
    void ejected(UUID uuid, String device) {
        store.change(tx -> tx.byUuid(VM.XEN_CLASS, uuid.toString()).ifPresent(stored -> {
            for (Ref<VBD> vbd : stored.row().get(VM.VBDS)) {
                if (tx.get(vbd, VBD.DEVICE).equals(device) && !tx.get(vbd, VBD.EMPTY)) {
                    tx.set(vbd, VBD.VDI, Ref.<VDI>nil());
                    tx.set(vbd, VBD.EMPTY, true);
                }
            }
        }));
    }
}
