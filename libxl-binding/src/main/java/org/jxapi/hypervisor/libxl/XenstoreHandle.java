package org.jxapi.hypervisor.libxl;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * A connection to xenstore. Many threads may use it at once. Closing it frees its memory, so it waits for calls in
 * progress and refuses later ones.
 */
final class XenstoreHandle implements AutoCloseable {
    private final LibXenstore lib;
    private final Pointer handle;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    XenstoreHandle(Libraries libraries) {
        lib = libraries.xenstore();
        Pointer opened = lib.xs_open(0);
        if (opened == null) {
            throw new HypervisorException(
                    LibxlError.FAIL,
                    "xenstore cannot be reached: errno " + libraries.runtime().getLastError());
        }
        handle = opened;
    }

    /** A text as C has it. */
    static byte[] bytes(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /**
     * Runs calls that need the connection; they must not close it.
     *
     * @throws HypervisorException {@code FAIL} when it is closed
     */
    <T> T use(Function<Pointer, T> calls) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new HypervisorException(LibxlError.FAIL, "xenstore is closed");
            }
            return calls.apply(handle);
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                lib.xs_close(handle);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
