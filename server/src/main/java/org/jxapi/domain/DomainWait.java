package org.jxapi.domain;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.dispatch.Waiting;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.local.VmDomain;

/** Asks a domain's guest to stop, and waits until it has. */
public final class DomainWait implements AutoCloseable {
    /** How often it looks itself: an event may be missed, and the task may be cancelled. */
    private static final long LOOK_MS = 500;
    /** How long a call that waits for a guest keeps its place among those that work. */
    public static final Duration GRACE = Duration.ofSeconds(2);

    private final Hypervisor hypervisor;
    private final int domid;
    private final CountDownLatch down = new CountDownLatch(1);
    private final Subscription subscription;
    private CompletableFuture<Void> asked = CompletableFuture.completedFuture(null);
    private @Nullable Thread asking;

    public DomainWait(VmDomain domain) {
        this.hypervisor = domain.hypervisor();
        this.domid = domain.domid();
        this.subscription = hypervisor.events().subscribe(event -> {
            if (event.domid() == domid
                    && (event instanceof HypervisorEvent.DomainShutdown
                            || event instanceof HypervisorEvent.DomainDeath)) {
                down.countDown();
            }
        });
    }

    /**
     * Asks in a thread of its own, since libxl waits for the guest, a minute at most. {@link #until} throws the
     * failures.
     */
    public void ask(Runnable request) {
        asked = new CompletableFuture<>();
        asking = new Thread(
                () -> {
                    try {
                        request.run();
                        asked.complete(null);
                    } catch (RuntimeException | Error e) {
                        asked.completeExceptionally(e);
                    }
                },
                "asks domain " + domid);
        asking.setDaemon(true);
        asking.start();
    }

    /**
     * Whether it was down in time.
     *
     * @param mayGoOn called now and then; what it throws, such as TASK_CANCELLED, ends the waiting
     * @throws HypervisorException what asking failed with; {@code TIMEDOUT} when the guest has not heard it
     */
    public boolean until(long seconds, Runnable mayGoOn) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        try (Waiting waiting = new Waiting(GRACE)) {
            while (System.nanoTime() < end) {
                waiting.goOn();
                if (down.await(LOOK_MS, TimeUnit.MILLISECONDS) || isDown()) {
                    return true;
                }
                throwIfNotAsked();
                mayGoOn.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    private void throwIfNotAsked() {
        try {
            asked.getNow(null);
        } catch (CompletionException e) {
            throw e.getCause() instanceof HypervisorException failure ? failure : e;
        }
    }

    private boolean isDown() {
        try {
            return hypervisor.domains().info(domid).shutdown();
        } catch (HypervisorException e) {
            return true;
        }
    }

    /** Gives up asking, if the guest has not heard it yet. */
    @Override
    public void close() {
        subscription.close();
        if (asking != null) {
            asking.interrupt();
        }
    }
}
