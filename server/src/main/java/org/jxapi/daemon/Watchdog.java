package org.jxapi.daemon;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.dispatch.Dispatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports to systemd that the daemon is healthy, at the interval that systemd asks for, while {@link SelfCheck} agrees.
 * When the reports stop, systemd kills the daemon and starts it again. Guests keep running.
 */
final class Watchdog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);

    /** How long all workers may be busy with work that takes long: a clean shutdown waits 20 minutes for a guest. */
    private static final Duration BUSY = Duration.ofMinutes(40);

    private final Systemd systemd;
    private final SelfCheck check;
    private final Duration pace;
    private final Thread thread;
    private boolean told;

    private Watchdog(Systemd systemd, SelfCheck check, Duration pace) {
        this.systemd = systemd;
        this.check = check;
        this.pace = pace;
        this.thread = new Thread(this::watch, "watchdog");
        this.thread.setDaemon(true);
    }

    /** Starts it if systemd asks for it; otherwise there is none. */
    static @Nullable Watchdog start(Systemd systemd, Dispatcher dispatcher) {
        return start(systemd, dispatcher, BUSY);
    }

    static @Nullable Watchdog start(Systemd systemd, Dispatcher dispatcher, Duration busy) {
        Duration limit = systemd.watchdog();
        if (limit == null) {
            return null;
        }
        // A check of four calls must end in time for the next word, also when each takes as long as it may.
        Watchdog watchdog =
                new Watchdog(systemd, new SelfCheck(dispatcher, limit.dividedBy(10), busy), limit.dividedBy(4));
        watchdog.thread.start();
        return watchdog;
    }

    private void watch() {
        try {
            while (true) {
                String stuck = check.stuck();
                if (stuck == null) {
                    systemd.well();
                } else if (!told) {
                    told = true;
                    LOG.error("jxapid is stuck: {}. systemd will start it again", stuck);
                    systemd.status("Stuck: " + stuck);
                    logThreads();
                }
                Thread.sleep(pace.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The stack of each thread, so that the fault can be found. */
    private static void logThreads() {
        for (Map.Entry<Thread, StackTraceElement[]> each :
                Thread.getAllStackTraces().entrySet()) {
            StringBuilder text = new StringBuilder();
            for (StackTraceElement frame : each.getValue()) {
                text.append(" < ").append(frame.getClassName()).append('.').append(frame.getMethodName());
            }
            LOG.error("{} ({}):{}", each.getKey().getName(), each.getKey().getState(), text);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
