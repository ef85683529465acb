package org.jxapi.console;

import java.io.IOException;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Memory;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.Out;
import jnr.ffi.types.size_t;

/**
 * A terminal device. It is opened through the C library, because Java's own way would make it the controlling terminal
 * of a daemon that leads its session: the guest's end would then hang the daemon up.
 */
final class Tty implements Channel {
    private static final int O_RDWR = 2;
    private static final int O_NOCTTY = 0400;
    private static final int O_NONBLOCK = 04000;
    private static final int O_CLOEXEC = 02000000;
    private static final short POLLIN = 1;
    private static final short POLLOUT = 4;
    private static final int POLLFD = 8;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;

    /** The functions of the C library that this class uses. */
    public interface C {
        int open(String path, int flags);

        int close(int fd);

        @size_t
        long read(int fd, @Out byte[] to, @size_t long count);

        @size_t
        long write(int fd, byte[] from, @size_t long count);

        int eventfd(int initial, int flags);

        int poll(Pointer fds, @size_t long count, int timeoutMillis);
    }

    /** Loaded at first use: hosts without guests' consoles never need it. */
    private static final class Library {
        static final C LIBC = LibraryLoader.create(C.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
    }

    private final C c = Library.LIBC;
    private final String path;
    private final int fd;
    private final int wake;
    private boolean closed;
    private int users;

    Tty(String path) throws IOException {
        this.path = path;
        this.fd = c.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0) {
            throw failure("cannot be opened");
        }
        this.wake = c.eventfd(0, O_CLOEXEC);
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        if (!enter()) {
            return -1;
        }
        try {
            while (await(POLLIN)) {
                long count = c.read(fd, buffer, buffer.length);
                if (count >= 0) {
                    return count == 0 ? -1 : (int) count;
                }
                if (!again()) {
                    // The other end of a pty that was closed reads as an error.
                    return -1;
                }
            }
            return -1;
        } finally {
            leave();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (!enter()) {
            throw new IOException(path + " is closed");
        }
        try {
            byte[] left = new byte[length];
            System.arraycopy(bytes, offset, left, 0, length);
            while (left.length > 0 && await(POLLOUT)) {
                long count = c.write(fd, left, left.length);
                if (count < 0 && !again()) {
                    throw failure("cannot be written");
                }
                if (count > 0) {
                    byte[] rest = new byte[left.length - (int) count];
                    System.arraycopy(left, (int) count, rest, 0, rest.length);
                    left = rest;
                }
            }
        } finally {
            leave();
        }
    }

    /** Waits until the device is ready; false when this was closed meanwhile. */
    private boolean await(short what) {
        Pointer fds = Memory.allocateDirect(Library.RUNTIME, 2 * POLLFD, true);
        fds.putInt(0, fd);
        fds.putShort(4, what);
        fds.putInt(POLLFD, wake);
        fds.putShort(POLLFD + 4, POLLIN);
        while (true) {
            int ready = c.poll(fds, 2, -1);
            if (fds.getShort(POLLFD + 6) != 0 && ready > 0) {
                return false;
            }
            if (ready > 0) {
                return true;
            }
            if (ready < 0 && !again()) {
                return false;
            }
        }
    }

    private boolean again() {
        int errno = Library.RUNTIME.getLastError();
        return errno == EINTR || errno == EAGAIN;
    }

    private synchronized boolean enter() {
        if (closed) {
            return false;
        }
        users++;
        return true;
    }

    private synchronized void leave() {
        users--;
        if (closed && users == 0) {
            release();
        }
    }

    /** Wakes waiting threads. The descriptors close after their last use, since the system reuses their numbers. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        c.write(wake, new byte[] {1, 0, 0, 0, 0, 0, 0, 0}, Long.BYTES);
        if (users == 0) {
            release();
        }
    }

    private void release() {
        c.close(fd);
        c.close(wake);
    }

    private IOException failure(String what) {
        return new IOException(path + " " + what + ": errno " + Library.RUNTIME.getLastError());
    }
}
