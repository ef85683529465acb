package org.jxapi.guest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.domain.CurrentDomain;
import org.jxapi.domain.ForeignRules;
import org.jxapi.domain.XenstoreText;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.TristateType;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes down what guests tell: in VM_guest_metrics, and what concerns their next boot in VM.platform and xenstore_data. */
public final class GuestReports {
    private static final Logger LOG = LoggerFactory.getLogger(GuestReports.class);
    private static final Duration WARN_AGAIN = Duration.ofHours(1);

    private final Store store;
    private final Hosts hosts;
    private final Clock clock;
    /**
     * The latest reading of each domain. As in XAPI, a field that clients can also set changes when the guest reports
     * another value, and not when the client sets one.
     */
    private final Map<VmDomain, GuestReading> latest = new ConcurrentHashMap<>();

    private final Map<VmDomain, Instant> warned = new ConcurrentHashMap<>();

    public GuestReports(Store store, Hosts hosts, Clock clock) {
        this.store = store;
        this.hosts = hosts;
        this.clock = clock;
    }

    /** Reads what the VM's guest has written, if it has. */
    public void mayHaveCome(Ref<VM> vm) {
        Row<VM> row = store.snapshot().find(vm).map(Stored::row).orElse(null);
        if (row == null || row.get(VM.DOMID) <= 0) {
            return;
        }
        VmDomain domain = hosts.domain(row);
        try {
            GuestReading now = GuestReading.of(domain.hypervisor().xenstore(), domain.domid(), row.get(VM.UUID));
            store.change(tx -> told(tx, vm, domain, now));
            latest.put(domain, now);
            if (now.cut()) {
                warn(domain);
            }
        } catch (HypervisorException e) {
            LOG.debug("Domain {} has gone before its guest was heard", domain.domid());
        }
    }

    /** Reads what the guest of a new domain has written, as part of a transaction. */
    public void read(Transaction tx, Ref<VM> vm) throws HypervisorException {
        Row<VM> row = tx.row(vm);
        VmDomain domain = hosts.domain(row);
        GuestReading now = GuestReading.of(domain.hypervisor().xenstore(), domain.domid(), row.get(VM.UUID));
        told(tx, vm, domain, now);
        latest.put(domain, now);
    }

    /** At most once an hour, as often as XAPI: a guest decides how often it writes. */
    private void warn(VmDomain domain) {
        Instant now = clock.instant();
        Instant before = warned.put(domain, now);
        if (before == null || before.plus(WARN_AGAIN).isBefore(now)) {
            LOG.warn("Guest of domain {}: too many data in xenstore, the rest is ignored", domain.domid());
        } else {
            warned.put(domain, before);
        }
    }

    /**
     * Reads what the VM's guest has written if an agent in it has said that it has told all it knows: to ask for that is
     * much less work than to read.
     */
    public void agentMayHaveSpoken(Ref<VM> vm) {
        store.snapshot()
                .find(vm)
                .map(stored -> hosts.domain(stored.row()))
                .filter(domain -> domain.domid() > 0 && agentHasSpoken(domain))
                .ifPresent(domain -> mayHaveCome(vm));
    }

    private static boolean agentHasSpoken(VmDomain domain) {
        try {
            return domain.hypervisor()
                    .xenstore()
                    .read(Xenstore.domainPath(domain.domid()) + "/data/updated")
                    .isPresent();
        } catch (HypervisorException e) {
            return false;
        }
    }

    /** The domain is gone. */
    public void forget(VmDomain domain) {
        latest.remove(domain);
        warned.remove(domain);
    }

    /** Returns the VM's record; a running VM has one even while its guest is silent. */
    public Ref<VMGuestMetrics> record(Transaction tx, Ref<VM> vm) {
        Ref<VMGuestMetrics> metrics = tx.get(vm, VM.GUEST_METRICS);
        if (tx.find(metrics).isEmpty()) {
            Row<VMGuestMetrics> silent = Row.of(VMGuestMetrics.XEN_CLASS)
                    .with(VMGuestMetrics.LIVE, true)
                    .with(VMGuestMetrics.CAN_USE_HOTPLUG_VBD, TristateType.UNSPECIFIED)
                    .with(VMGuestMetrics.CAN_USE_HOTPLUG_VIF, TristateType.UNSPECIFIED)
                    .with(VMGuestMetrics.LAST_UPDATED, XenTime.of(clock.instant()));
            metrics = tx.create(silent);
            tx.set(vm, VM.GUEST_METRICS, metrics);
        }
        return metrics;
    }

    /** Writes down what a domain's guest has told, if that is the VM's domain still. */
    private void told(Transaction tx, Ref<VM> vm, VmDomain domain, GuestReading now) {
        if (!CurrentDomain.is(tx, vm, domain)) {
            return;
        }
        Ref<VMGuestMetrics> metrics = record(tx, vm);
        Row<VMGuestMetrics> before = tx.row(metrics);
        Row<VMGuestMetrics> after = GuestMetrics.told(before, now.words(), now.connected());
        if (after != before) {
            tx.update(metrics, row -> after);
            tx.set(metrics, VMGuestMetrics.LAST_UPDATED, XenTime.of(clock.instant()));
        }
        if (!ForeignRules.isForeign(tx.row(vm))) {
            settings(tx, vm, latest.get(domain), now, after);
        }
    }

    /** The changes of the VM itself that follow from the guest's reports. */
    private static void settings(
            Transaction tx, Ref<VM> vm, @Nullable GuestReading before, GuestReading now, Row<VMGuestMetrics> metrics) {
        if (before == null || !before.data().equals(now.data())) {
            tx.set(vm, VM.XENSTORE_DATA, now.data());
        }
        Map<String, String> platform = new LinkedHashMap<>(tx.get(vm, VM.PLATFORM));
        boolean clockSet = before == null || !before.timeoffset().equals(now.timeoffset());
        if (clockSet && !now.timeoffset().isEmpty()) {
            platform.put("timeoffset", now.timeoffset());
        }
        String device = now.words().get("data/device_id");
        boolean news = before == null || !Objects.equals(device, before.words().get("data/device_id"));
        if (device != null && news && XenstoreText.fits(device)) {
            platform.put("device_id", device);
        }
        if (GuestMetrics.windowsDrivers(metrics)) {
            platform.putIfAbsent("viridian", "true");
        }
        tx.set(vm, VM.PLATFORM, platform);
    }
}
