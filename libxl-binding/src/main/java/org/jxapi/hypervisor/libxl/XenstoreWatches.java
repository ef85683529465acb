package org.jxapi.hypervisor.libxl;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The watches of one connection, with the thread that carries what they tell. */
final class XenstoreWatches implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(XenstoreWatches.class);

    private static final int EAGAIN = 11;

    private final Libraries libraries;
    private final LibXenstore lib;
    private final XenstoreHandle connection;
    private final Wakeup wakeup;
    private final Map<String, Consumer<String>> listeners = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    private final Thread thread = new Thread(this::run, "xenstore-watches");
    private volatile boolean closed;

    XenstoreWatches(Libraries libraries) {
        this.libraries = libraries;
        this.lib = libraries.xenstore();
        this.connection = new XenstoreHandle(libraries);
        this.wakeup = new Wakeup(libraries);
        thread.setDaemon(true);
        thread.start();
    }

    Subscription add(String path, Consumer<String> listener) {
        String token = Long.toString(tokens.incrementAndGet());
        listeners.put(token, listener);
        try {
            connection.use(handle -> watch(handle, path, token));
        } catch (HypervisorException e) {
            listeners.remove(token);
            throw e;
        }
        return () -> {
            if (listeners.remove(token) != null && !closed) {
                unwatch(path, token);
            }
        };
    }

    private Void watch(Pointer handle, String path, String token) {
        if (lib.xs_watch(handle, XenstoreHandle.bytes(path), XenstoreHandle.bytes(token)) == 0) {
            throw new HypervisorException(
                    LibxlError.FAIL,
                    "xenstore: " + path + " cannot be watched: errno "
                            + libraries.runtime().getLastError());
        }
        return null;
    }

    private void unwatch(String path, String token) {
        try {
            connection.use(handle -> lib.xs_unwatch(handle, XenstoreHandle.bytes(path), XenstoreHandle.bytes(token)));
        } catch (HypervisorException e) {
            LOG.debug("The watch of {} ended with its connection", path);
        }
    }

    private void run() {
        Pointer fds = libraries.allocate(2 * Wakeup.POLLFD_BYTES);
        try {
            follow(fds);
        } finally {
            libraries.libc().free(fds);
        }
    }

    private void follow(Pointer fds) {
        while (!closed) {
            Optional<Fired> fired = connection.use(this::check);
            if (fired.isEmpty()) {
                if (libraries.runtime().getLastError() != EAGAIN) {
                    LOG.error("xenstore: connection closed, all watches lost");
                    return;
                }
                Wakeup.pollIn(fds, 0, connection.use(lib::xs_fileno));
                wakeup.pollIn(fds, 1);
                libraries.libc().poll(fds, 2, -1);
                continue;
            }
            String path = fired.get().path();
            Consumer<String> listener = listeners.get(fired.get().token());
            if (listener != null) {
                try {
                    listener.accept(path);
                } catch (RuntimeException e) {
                    LOG.error("xenstore: a listener failed at {}", path, e);
                }
            }
        }
    }

    /** A watch that fired, or nothing, which leaves the reason in errno. */
    private Optional<Fired> check(Pointer handle) {
        Pointer event = lib.xs_check_watch(handle);
        if (event == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Fired(libraries.string(event.getPointer(0)), libraries.string(event.getPointer(8))));
        } finally {
            libraries.libc().free(event);
        }
    }

    private record Fired(String path, String token) {}

    @Override
    public void close() {
        closed = true;
        wakeup.wake();
        if (Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        connection.close();
        wakeup.close();
    }
}
