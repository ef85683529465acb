package org.jxapi.vm;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jxapi.datamodel.Ref;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.store.Store;
import org.jxapi.xenapi.VM;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what guests tell of themselves in xenstore when they tell it. Only there is watched, and only of VMs that have a
 * domain: a start writes hundreds of nodes, and each that is watched costs time.
 */
final class GuestWords {
    private static final Logger LOG = LoggerFactory.getLogger(GuestWords.class);
    /** A guest writes much at once: so long is waited for the rest. */
    private static final long REST_MS = 200;

    private final Store store;
    private final Hypervisor hypervisor;
    private final PowerStates states;
    private final Map<Long, List<Subscription>> followed = new ConcurrentHashMap<>();
    /** Domains whose guest has written something that is not read yet. */
    private final Set<Long> speaking = ConcurrentHashMap.newKeySet();

    private final ScheduledExecutorService reader = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "guest-words");
        thread.setDaemon(true);
        return thread;
    });

    GuestWords(Store store, Hypervisor hypervisor, PowerStates states) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.states = states;
    }

    /** Follows a VM's domain from now on, until it is gone; what its guest has told already is read soon. */
    void follow(Ref<VM> vm) {
        store.snapshot()
                .find(VM.XEN_CLASS, vm)
                .ifPresent(stored -> follow(stored.row().get(VM.DOMID)));
    }

    void follow(Long domid) {
        if (domid > 0 && !followed.containsKey(domid)) {
            run(() -> followed.computeIfAbsent(domid, this::watch), 0);
        }
    }

    private List<Subscription> watch(Long domid) {
        String home = Xenstore.domainPath(domid.intValue());
        return GuestMetrics.PARTS.stream()
                .map(part -> hypervisor.xenstore().watch(home + "/" + part, path -> spoke(domid)))
                .toList();
    }

    private void spoke(Long domid) {
        if (speaking.add(domid)) {
            run(() -> read(domid), REST_MS);
        }
    }

    private void read(Long domid) {
        speaking.remove(domid);
        store.snapshot().all(VM.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(VM.DOMID).equals(domid))
                .findFirst()
                .ifPresentOrElse(
                        stored -> states.guestMayHaveSpoken(Ref.of(stored.ref().value())), () -> forget(domid));
    }

    /** The domain is gone. */
    void gone(int domid) {
        run(() -> forget((long) domid), 0);
    }

    private void forget(Long domid) {
        List<Subscription> watches = followed.remove(domid);
        if (watches != null) {
            watches.forEach(Subscription::close);
        }
    }

    void stop() {
        reader.shutdownNow();
    }

    private void run(Runnable work, long delayMs) {
        try {
            reader.schedule(
                    () -> {
                        try {
                            work.run();
                        } catch (HypervisorException e) {
                            LOG.warn("What guests tell cannot be followed: {}", e.getMessage());
                        } catch (RuntimeException e) {
                            LOG.error("What a guest told could not be read", e);
                        }
                    },
                    delayMs,
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped: nothing is followed any more");
        }
    }
}
