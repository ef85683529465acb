package org.jxapi.dispatch;

import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jxapi.datamodel.Message;

/**
 * The threads of messages that may take time: a bounded number, the rest waits in a queue.
 *
 * <p>This cannot lock up: a call that waits for an operation waits for one that another call has begun, and that call has
 * its thread already. Nothing that runs waits for something that is queued, except for a guest that does not obey; so
 * the messages that end such waiting have threads of their own, which ordinary calls cannot take.
 */
public final class Workers implements AutoCloseable {
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
        this.ordinary = pool("worker", ordinary);
        this.urgent = pool("urgent", urgent);
        this.own = Executors.newCachedThreadPool(r -> thread(r, "own"));
    }

    private static ExecutorService pool(String name, int size) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                size,
                size,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                r -> thread(r, name + "-" + number.incrementAndGet()));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Where a message runs. */
    Executor of(Message message) {
        return ENDING.contains(message.fullName()) ? urgent : ordinary;
    }

    /** Where the daemon does what nobody called for: a few things at a time, none of which may wait behind calls. */
    public Executor own() {
        return own;
    }

    @Override
    public void close() {
        ordinary.shutdownNow();
        urgent.shutdownNow();
        own.shutdownNow();
    }
}
