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
    private final Hypervisor hypervisor;
    private final GuestReports reports;
    private final Map<Long, List<Subscription>> followed = new ConcurrentHashMap<>();
    /** Domains whose guest has written something that is not read yet. */
    private final Set<Long> speaking = ConcurrentHashMap.newKeySet();

    private final HostEventThread follower = new HostEventThread("guest-words", "Guest reports: cannot be read");

    public GuestAgentWatcher(Store store, Hypervisor hypervisor, GuestReports reports) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.reports = reports;
    }

    /** Follows a VM's domain from now on, until it is gone; what its guest has told already is read soon. */
    public void follow(Ref<VM> vm) {
        store.snapshot().find(vm).ifPresent(stored -> follow(stored.row()));
    }

    public void follow(Row<VM> vm) {
        Long domid = vm.get(VM.DOMID);
        if (domid > 0 && !followed.containsKey(domid)) {
            String uuid = vm.get(VM.UUID);
            follower.run(() -> followed.computeIfAbsent(domid, id -> watch(id, uuid)));
        }
    }

    private List<Subscription> watch(Long domid, String uuid) {
        return GuestReading.watched(domid.intValue(), uuid).stream()
                .map(watched -> hypervisor.xenstore().watch(watched, path -> spoke(domid)))
                .toList();
    }

    private void spoke(Long domid) {
        if (speaking.add(domid)) {
            follower.run(() -> read(domid), REST_MS);
        }
    }

    private void read(Long domid) {
        speaking.remove(domid);
        store.snapshot().all(VM.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(VM.DOMID).equals(domid))
                .findFirst()
                .ifPresentOrElse(stored -> reports.mayHaveCome(stored.ref()), () -> forget(domid));
    }

    /** The domain is gone. */
    void gone(int domid) {
        follower.run(() -> forget((long) domid));
    }

    private void forget(Long domid) {
        reports.forget(domid.intValue());
        List<Subscription> watches = followed.remove(domid);
        if (watches != null) {
            watches.forEach(Subscription::close);
        }
    }

    public void stop() {
        follower.stop();
    }
}
