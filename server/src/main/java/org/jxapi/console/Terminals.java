package org.jxapi.console;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Terminals of guests, shared: each byte of a terminal can be read once, so one reader a terminal passes it to all who
 * look. A terminal is open only while somebody looks, so that other programs can have it otherwise.
 */
final class Terminals {
    private static final Logger LOG = LoggerFactory.getLogger(Terminals.class);
    private static final int BLOCK = 4096;
    /** The latest output of a terminal, for clients that connect later. */
    private static final int REMEMBERED = 16 * 1024;
    /** How far a viewer may lag behind before it misses something. */
    private static final int LAG = 256 * 1024;

    private static final int FILE_TYPE = 0170000;
    private static final int CHARACTER_DEVICE = 0020000;

    private final Map<String, Shared> open = new HashMap<>();

    /** Joins a terminal; closing the channel leaves it. The last to leave closes the terminal. */
    Channel join(String path) throws IOException {
        synchronized (open) {
            Shared shared = open.get(path);
            if (shared == null) {
                shared = new Shared(path, channel(path));
                open.put(path, shared);
                Thread reader = new Thread(shared::pump, "terminal " + path);
                reader.setDaemon(true);
                reader.start();
            }
            return shared.join();
        }
    }

    /** A pty of a real guest is a device; a simulated guest has a socket. */
    private static Channel channel(String path) throws IOException {
        Path file = Path.of(path);
        int mode = (int) Files.getAttribute(file, "unix:mode");
        return (mode & FILE_TYPE) == CHARACTER_DEVICE
                ? new Tty(path)
                : new SocketChannelEnd(UnixDomainSocketAddress.of(file));
    }

    /** A terminal and those who look at it; guarded by the map of all. */
    private final class Shared {
        private final String path;
        private final Channel channel;
        private final List<Viewer> viewers = new ArrayList<>();
        private final ByteQueue recent = new ByteQueue(REMEMBERED);

        Shared(String path, Channel channel) {
            this.path = path;
            this.channel = channel;
        }

        Viewer join() {
            Viewer viewer = new Viewer(this);
            byte[] before = recent.copy();
            viewer.pending.append(before, before.length);
            viewers.add(viewer);
            return viewer;
        }

        void pump() {
            byte[] buffer = new byte[BLOCK];
            try {
                for (int count = channel.read(buffer); count >= 0; count = channel.read(buffer)) {
                    synchronized (open) {
                        recent.append(buffer, count);
                        for (Viewer viewer : viewers) {
                            viewer.pending.append(buffer, count);
                        }
                    }
                }
            } catch (IOException e) {
                LOG.debug("Terminal {} ended: {}", path, e.getMessage());
            }
            synchronized (open) {
                open.remove(path, this);
                viewers.forEach(viewer -> viewer.pending.end());
                viewers.clear();
            }
            closeChannel();
        }

        void leave(Viewer viewer) {
            boolean last;
            synchronized (open) {
                last = viewers.remove(viewer) && viewers.isEmpty();
                if (last) {
                    open.remove(path, this);
                }
            }
            viewer.pending.end();
            if (last) {
                closeChannel();
            }
        }

        private void closeChannel() {
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("Terminal {} did not close: {}", path, e.getMessage());
            }
        }
    }

    /** One who looks at a terminal and types into it. */
    private static final class Viewer implements Channel {
        private final Shared shared;
        private final ByteQueue pending = new ByteQueue(LAG);

        Viewer(Shared shared) {
            this.shared = shared;
        }

        @Override
        public int read(byte[] buffer) throws IOException {
            try {
                return pending.take(buffer);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException();
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            shared.channel.write(bytes, offset, length);
        }

        @Override
        public void close() {
            shared.leave(this);
        }
    }
}
