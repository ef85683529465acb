package org.jxapi.vm;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Subscription;

/** Waits until a domain has shut down. */
final class DomainWait implements AutoCloseable {
    /** How often it looks itself: an event may be missed, and the task may be cancelled. */
    private static final long LOOK_MS = 500;

    private final Hypervisor hypervisor;
    private final int domid;
    private final CountDownLatch down = new CountDownLatch(1);
    private final Subscription subscription;

    DomainWait(Hypervisor hypervisor, int domid) {
        this.hypervisor = hypervisor;
        this.domid = domid;
        this.subscription = hypervisor.events().subscribe(event -> {
            if (event.domid() == domid
                    && (event instanceof HypervisorEvent.DomainShutdown
                            || event instanceof HypervisorEvent.DomainDeath)) {
                down.countDown();
            }
        });
    }

    /**
     * Whether it was down in time.
     *
     * @param mayGoOn called now and then; what it throws, such as TASK_CANCELLED, ends the waiting
     */
    boolean until(long seconds, Runnable mayGoOn) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try {
            while (System.nanoTime() < end) {
                if (down.await(LOOK_MS, TimeUnit.MILLISECONDS) || isDown()) {
                    return true;
                }
                mayGoOn.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private boolean isDown() {
        try {
            return hypervisor.domains().info(domid).shutdown();
        } catch (HypervisorException e) {
            return true;
        }
    }

    @Override
    public void close() {
        subscription.close();
    }
}
