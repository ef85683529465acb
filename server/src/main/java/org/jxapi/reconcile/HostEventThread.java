package org.jxapi.reconcile;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Unreachable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A thread that handles the events of the host one after the other. It logs failures and continues. Once it is stopped,
 * it accepts no more events.
 */
final class HostEventThread {
    private static final Logger LOG = LoggerFactory.getLogger(HostEventThread.class);

    private final String failure;
    private final ScheduledExecutorService thread;
    /** Whether the host could not be reached the last time. */
    private boolean unreachable;

    /**
     * @param name the thread's name
     * @param failure what the log says before the reason of a failure
     */
    HostEventThread(String name, String failure) {
        this.failure = failure;
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, name);
            made.setDaemon(true);
            return made;
        });
    }

    /** Runs it as soon as what was asked for before has run. */
    void run(Runnable work) {
        run(work, 0);
    }

    /** Runs it in so many milliseconds. */
    void run(Runnable work, long delayMs) {
        try {
            thread.schedule(() -> guarded(work), delayMs, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("Stopped: nothing is followed any more");
        }
    }

    /** Runs it so often. */
    void repeat(Runnable work, long everyMs) {
        thread.scheduleWithFixedDelay(() -> guarded(work), everyMs, everyMs, TimeUnit.MILLISECONDS);
    }

    /** What, when it is called, has the work run so many milliseconds later; calls before that are one. */
    Runnable once(Runnable work, long delayMs) {
        AtomicBoolean asked = new AtomicBoolean();
        return () -> {
            if (asked.compareAndSet(false, true)) {
                run(
                        () -> {
                            asked.set(false);
                            work.run();
                        },
                        delayMs);
            }
        };
    }

    void stop() {
        thread.shutdownNow();
    }

    private void guarded(Runnable work) {
        try {
            work.run();
            unreachable = false;
        } catch (HypervisorException e) {
            LOG.warn("{}: {}", failure, e.getMessage());
        } catch (RuntimeException | Error e) {
            if (Unreachable.is(e)) {
                unreachable(e);
            } else if (!thread.isShutdown()) {
                LOG.error(failure, e);
            }
        }
    }

    private void unreachable(Throwable failure) {
        if (!unreachable) {
            unreachable = true;
            LOG.debug("{}: the host cannot be reached", this.failure, failure);
        }
    }
}
