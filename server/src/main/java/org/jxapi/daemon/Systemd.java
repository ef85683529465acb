package org.jxapi.daemon;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Runtime;
import jnr.ffi.annotations.In;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the state of the daemon to systemd, as sd_notify(3) does: by a datagram to the socket that {@code
 * NOTIFY_SOCKET} names, which Java has no means to send. Without that variable it does nothing.
 */
final class Systemd {
    private static final Logger LOG = LoggerFactory.getLogger(Systemd.class);
    private static final int AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 02000000;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int LONGEST = 107;

    /** The functions of the C library that this class uses. */
    public interface C {
        int socket(int domain, int type, int protocol);

        @ssize_t
        long sendto(int fd, @In byte[] message, @size_t long length, int flags, @In byte[] address, int addressLength);

        int close(int fd);
    }

    /** Loaded at first use: only a daemon that systemd started needs it. */
    private static final class Library {
        static final C LIBC = LibraryLoader.create(C.class).load("c");
        static final Runtime RUNTIME = Runtime.getRuntime(LIBC);
    }

    private final byte @Nullable [] address;
    private final @Nullable Duration watchdog;

    private Systemd(byte @Nullable [] address, @Nullable Duration watchdog) {
        this.address = address;
        this.watchdog = watchdog;
    }

    /** The one that the environment of this process names. */
    static Systemd of(Map<String, String> environment) {
        return new Systemd(
                address(environment.get("NOTIFY_SOCKET")),
                watchdog(environment.get("WATCHDOG_USEC"), environment.get("WATCHDOG_PID")));
    }

    /** A {@code sockaddr_un}: a path, or the name of an abstract socket, which {@code @} stands for. */
    private static byte @Nullable [] address(@Nullable String socket) {
        if (socket == null || socket.isEmpty()) {
            return null;
        }
        byte[] name = socket.getBytes(StandardCharsets.UTF_8);
        boolean isAbstract = name[0] == '@';
        if (!isAbstract && name[0] != '/' || name.length > LONGEST) {
            LOG.warn("systemd: no reports, because NOTIFY_SOCKET is '{}'", socket);
            return null;
        }
        byte[] address = new byte[2 + name.length + (isAbstract ? 0 : 1)];
        boolean little = java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
        address[little ? 0 : 1] = AF_UNIX;
        System.arraycopy(name, 0, address, 2, name.length);
        if (isAbstract) {
            address[2] = 0;
        }
        return address;
    }

    private static @Nullable Duration watchdog(@Nullable String micros, @Nullable String pid) {
        if (micros == null
                || pid != null
                        && !pid.equals(Long.toString(ProcessHandle.current().pid()))) {
            return null;
        }
        try {
            long value = Long.parseLong(micros);
            return value > 0 ? Duration.ofNanos(Math.multiplyExact(value, 1000L)) : null;
        } catch (NumberFormatException | ArithmeticException e) {
            LOG.warn("systemd: no watchdog, because WATCHDOG_USEC is '{}'", micros);
            return null;
        }
    }

    /** Whether systemd has started the daemon, and starts it again. */
    boolean there() {
        return address != null;
    }

    /** The longest time between two reports of health that systemd accepts; null if it wants none. */
    @Nullable
    Duration watchdog() {
        return address == null ? null : watchdog;
    }

    void ready() {
        send("READY=1\nSTATUS=Answering calls\n");
    }

    void stopping() {
        send("STOPPING=1\nSTATUS=Stopping; guests go on\n");
    }

    void well() {
        send("WATCHDOG=1\n");
    }

    /** Shows in {@code systemctl status} what is the matter. */
    void status(String text) {
        send("STATUS=" + text + "\n");
    }

    private void send(String message) {
        if (address == null) {
            return;
        }
        try {
            send(message.getBytes(StandardCharsets.UTF_8), address);
        } catch (IOException | UnsatisfiedLinkError e) {
            LOG.warn(
                    "systemd: report {} failed: {}", message.lines().findFirst().orElse(""), e.getMessage());
        }
    }

    private static void send(byte[] message, byte[] to) throws IOException {
        C c = Library.LIBC;
        int fd = c.socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
        if (fd < 0) {
            throw new IOException("no socket, errno " + Library.RUNTIME.getLastError());
        }
        try {
            if (c.sendto(fd, message, message.length, MSG_NOSIGNAL, to, to.length) != message.length) {
                throw new IOException("errno " + Library.RUNTIME.getLastError());
            }
        } finally {
            c.close(fd);
        }
    }
}
