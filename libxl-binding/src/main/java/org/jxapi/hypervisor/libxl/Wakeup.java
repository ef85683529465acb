package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;

/** A descriptor that a thread polls together with others, so that another thread can wake it. */
final class Wakeup implements AutoCloseable {
    /** Bytes of a {@code struct pollfd}: the descriptor, the events asked for, the events that came. */
    static final int POLLFD_BYTES = 8;

    private final LibC libc;
    private final int fd;
    private final Pointer one;
    private final Pointer drained;
    private boolean closed;

    Wakeup(Libraries libraries) {
        libc = libraries.libc();
        fd = libc.eventfd(0, LibC.EFD_CLOEXEC | LibC.EFD_NONBLOCK);
        one = libraries.allocate(8);
        one.putLong(0, 1);
        drained = libraries.allocate(8);
    }

    /** Wakes who polls; nothing when closed, for the descriptor's number may be another file's by then. */
    synchronized void wake() {
        if (!closed) {
            libc.write(fd, one, 8);
        }
    }

    /** Fills an element of an array for poll. */
    void pollIn(Pointer pollfds, int index) {
        pollIn(pollfds, index, fd);
    }

    static void pollIn(Pointer pollfds, int index, int fd) {
        pollfds.putInt((long) index * POLLFD_BYTES, fd);
        pollfds.putShort((long) index * POLLFD_BYTES + 4, LibC.POLLIN);
        pollfds.putShort((long) index * POLLFD_BYTES + 6, (short) 0);
    }

    /** Forgets that it was woken. */
    void drain() {
        libc.read(fd, drained, 8);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        libc.close(fd);
        libc.free(one);
        libc.free(drained);
    }
}
