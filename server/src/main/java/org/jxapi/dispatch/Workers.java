package org.jxapi.dispatch;

import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.store.StoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of messages that may take time: a bounded number works, the rest waits in a queue.
 *
 * <p>This cannot lock up: a thread that waits for another operation, or for a guest, gives its place away, and nothing that
 * runs waits for something that is queued, since work under way makes its own calls on its own thread ({@link
 * Dispatcher#call}). The messages that end waiting have threads of their own, which ordinary calls cannot take.
 */
public final class Workers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
    private static final int ORDINARY = 64;
    private static final int URGENT = 16;
    private static final long IDLE_SECONDS = 60;
    private static final Set<String> ENDING = Set.of(
            "VM.hard_shutdown",
            "VM.hard_reboot",
            "VM.power_state_reset",
            "VM_appliance.hard_shutdown",
            "VBD.unplug_force",
            "host.emergency_ha_disable");

    private final ExecutorService ordinary;
    private final ExecutorService urgent;
    private final ExecutorService own;

    public Workers() {
        this(ORDINARY, URGENT);
    }

    Workers(int ordinary, int urgent) {
        this.ordinary = new WorkerPool("worker", ordinary, true, IDLE_SECONDS);
        this.urgent = new WorkerPool("urgent", urgent, true, IDLE_SECONDS);
        this.own = Executors.newCachedThreadPool(r -> {
            Thread thread = new Thread(r, "own");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Where a message runs. */
    Executor of(MessageModel message) {
        return ENDING.contains(message.fullName()) ? urgent : ordinary;
    }

    /**
     * For the daemon's own work in the background, a few things at a time. None of it may wait behind calls. Failures are logged.
     */
    public Executor own() {
        return work -> own.execute(() -> carryOut(work));
    }

    private static void carryOut(Runnable work) {
        try {
            work.run();
        } catch (StoreException e) {
            // Usually another host has become the coordinator.
            LOG.warn("Work in the background ends: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Work in the background has failed", e);
        }
    }

    @Override
    public void close() {
        ordinary.shutdownNow();
        urgent.shutdownNow();
        own.shutdownNow();
    }
}
