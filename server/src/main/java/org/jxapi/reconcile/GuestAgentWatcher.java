package org.jxapi.reconcile;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.guest.GuestReading;
import org.jxapi.guest.GuestReports;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.local.VmDomain;
import org.jxapi.store.Store;
import org.jxapi.xenapi.VM;

/**
 * Reads what guests tell of themselves in xenstore when they tell it. Only there is watched, and only of VMs that have a
 * domain: a start writes hundreds of nodes, and each that is watched costs time.
 */
public final class GuestAgentWatcher {
    /** A guest writes much at once: so long is waited for the rest. */
    private static final long REST_MS = 200;

    private final Store store;
    private final Hosts hosts;
    private final GuestReports reports;
    private final Map<VmDomain, List<Subscription>> followed = new ConcurrentHashMap<>();
    /** Domains whose guest has written something that is not read yet. */
    private final Set<VmDomain> speaking = ConcurrentHashMap.newKeySet();

    /** A thread for each host, so that one which answers slowly holds up no other. */
    private final PerHost<HostEventThread> threads;

    public GuestAgentWatcher(Store store, Hosts hosts, GuestReports reports) {
        this.store = store;
        this.hosts = hosts;
        this.reports = reports;
        this.threads = new PerHost<>(
                hosts,
                hypervisor -> new HostEventThread("guest-words", "Guest reports: cannot be read"),
                HostEventThread::stop);
    }

    private HostEventThread thread(VmDomain domain) {
        return threads.of(domain.hypervisor());
    }

    /** Follows a VM's domain from now on, until it is gone; what its guest has told already is read soon. */
    public void follow(Ref<VM> vm) {
        store.snapshot().find(vm).ifPresent(stored -> follow(stored.row()));
    }

    public void follow(Row<VM> vm) {
        if (vm.get(VM.DOMID) <= 0) {
            return;
        }
        VmDomain domain = hosts.domain(vm);
        if (domain.domid() > 0 && !followed.containsKey(domain)) {
            String uuid = vm.get(VM.UUID);
            thread(domain).run(() -> followed.computeIfAbsent(domain, it -> watch(it, uuid)));
        }
    }

    private List<Subscription> watch(VmDomain domain, String uuid) {
        return GuestReading.watched(domain.domid(), uuid).stream()
                .map(watched -> domain.hypervisor().xenstore().watch(watched, path -> spoke(domain)))
                .toList();
    }

    private void spoke(VmDomain domain) {
        if (speaking.add(domain)) {
            thread(domain).run(() -> read(domain), REST_MS);
        }
    }

    private void read(VmDomain domain) {
        speaking.remove(domain);
        store.snapshot().all(VM.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(VM.DOMID) == domain.domid()
                        && stored.row().get(VM.RESIDENT_ON).equals(domain.host()))
                .findFirst()
                .ifPresentOrElse(stored -> reports.mayHaveCome(stored.ref()), () -> forget(domain));
    }

    /** The domain is gone. */
    void gone(VmDomain domain) {
        thread(domain).run(() -> forget(domain));
    }

    /** A host has left, with all its domains. */
    public void leave(Hypervisor hypervisor) {
        followed.keySet().stream()
                .filter(domain -> domain.hypervisor().equals(hypervisor))
                .forEach(this::forget);
    }

    private void forget(VmDomain domain) {
        reports.forget(domain);
        List<Subscription> watches = followed.remove(domain);
        if (watches != null) {
            watches.forEach(Subscription::close);
        }
    }

    public void stop() {
        threads.made().forEach(HostEventThread::stop);
    }
}
