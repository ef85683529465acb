package org.jxapi.daemon;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A daemon in the process of another program, such as a test of a client. Its log goes where that of the program goes. */
public final class EmbeddedDaemon implements AutoCloseable {
    private final Settings settings;
    private final Consumer<List<String>> started;
    private @Nullable Daemon daemon;
    private boolean closed;

    private EmbeddedDaemon(Settings settings, Consumer<List<String>> started) {
        this.settings = settings;
        this.started = started;
    }

    /**
     * Starts a daemon, which accepts calls when this returns. A client can have it start again, on other ports perhaps.
     *
     * @param options as on the command line
     * @param started gets the addresses after each start
     */
    public static EmbeddedDaemon start(List<String> options, Consumer<List<String>> started) throws IOException {
        EmbeddedDaemon embedded = new EmbeddedDaemon(Settings.parse(options), started);
        Life life = embedded.begin();
        Thread thread = new Thread(() -> embedded.live(life), "jxapid");
        thread.setDaemon(true);
        thread.start();
        return embedded;
    }

    private synchronized Life begin() throws IOException {
        Life life = new Life();
        Daemon next = Daemon.start(settings, life);
        daemon = next;
        started.accept(next.endpoints());
        next.ready();
        return life;
    }

    private void live(Life first) {
        Life life = first;
        while (life.await() == Life.End.RESTART) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                stop();
                try {
                    life = begin();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        close();
    }

    private synchronized void stop() {
        if (daemon != null) {
            daemon.close();
            daemon = null;
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        stop();
    }
}
