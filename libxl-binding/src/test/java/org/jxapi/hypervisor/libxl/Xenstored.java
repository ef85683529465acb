package org.jxapi.hypervisor.libxl;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.hypervisor.XenstorePermissions.Access;

/** Serves a xenstore over xenstored's protocol ({@code xen/io/xs_wire.h}), so that libxenstore can be tried without Xen. */
final class Xenstored implements AutoCloseable {
    private static final int DIRECTORY = 1;
    private static final int READ = 2;
    private static final int GET_PERMS = 3;
    private static final int WATCH = 4;
    private static final int UNWATCH = 5;
    private static final int TRANSACTION_START = 6;
    private static final int TRANSACTION_END = 7;
    private static final int WRITE = 11;
    private static final int RM = 13;
    private static final int SET_PERMS = 14;
    private static final int WATCH_EVENT = 15;
    private static final int ERROR = 16;
    private static final int HEADER_BYTES = 16;
    private static final String LETTERS = "nrwb";

    private final Xenstore store;
    private final ServerSocketChannel server;
    private final AtomicInteger transactions = new AtomicInteger();
    /** How many more commits fail because somebody else changed the same. */
    private final AtomicInteger conflicts = new AtomicInteger();

    private record Header(int type, int request, int transaction) {}

    Xenstored(Path socket, Xenstore store) throws IOException {
        this.store = store;
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        thread(() -> {
            while (server.isOpen()) {
                SocketChannel client = server.accept();
                thread(() -> new Connection(client).serve());
            }
        });
    }

    void conflicts(int count) {
        conflicts.set(count);
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void thread(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (IOException e) {
                // the connection or the server was closed
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private final class Connection {
        private final DataInputStream in;
        private final SocketChannel client;
        private final Map<String, Subscription> watches = new ConcurrentHashMap<>();
        private final Map<Integer, List<String[]>> writes = new ConcurrentHashMap<>();

        Connection(SocketChannel client) {
            this.client = client;
            in = new DataInputStream(Channels.newInputStream(client));
        }

        void serve() throws IOException {
            try {
                while (true) {
                    ByteBuffer header =
                            ByteBuffer.wrap(in.readNBytes(HEADER_BYTES)).order(ByteOrder.nativeOrder());
                    if (header.remaining() < HEADER_BYTES) {
                        return;
                    }
                    Header message = new Header(header.getInt(), header.getInt(), header.getInt());
                    String body = new String(in.readNBytes(header.getInt()), StandardCharsets.UTF_8);
                    answer(message, body.split("\0", -1));
                }
            } finally {
                watches.values().forEach(Subscription::close);
            }
        }

        private void answer(Header message, String[] words) throws IOException {
            String path = words[0];
            switch (message.type()) {
                case READ -> found(message, store.read(path));
                case DIRECTORY -> found(message, store.read(path).map(v -> names(store.list(path))));
                case RM -> {
                    Optional<String> there = store.read(path);
                    store.remove(path);
                    found(message, there.map(v -> "OK\0"));
                }
                case WRITE -> {
                    if (message.transaction() == 0) {
                        store.write(path, words[1]);
                    } else {
                        writes.get(message.transaction()).add(words);
                    }
                    send(message, "OK\0");
                }
                case GET_PERMS -> found(message, store.permissions(path).map(Connection::text));
                case SET_PERMS -> {
                    if (store.permissions(path).isEmpty()) {
                        fail(message, "ENOENT");
                    } else {
                        store.setPermissions(path, permissions(words));
                        send(message, "OK\0");
                    }
                }
                case WATCH -> {
                    send(message, "OK\0");
                    watches.put(words[1], store.watch(path, changed -> event(changed + "\0" + words[1] + "\0")));
                }
                case UNWATCH -> {
                    watches.remove(words[1]).close();
                    send(message, "OK\0");
                }
                case TRANSACTION_START -> {
                    int number = transactions.incrementAndGet();
                    writes.put(number, new ArrayList<>());
                    send(message, number + "\0");
                }
                case TRANSACTION_END -> end(message, path.equals("T"));
                default -> fail(message, "ENOSYS");
            }
        }

        /** Each is a letter and a domain's number: {@code n} none, {@code r} read, {@code w} write, {@code b} both. */
        private static String text(XenstorePermissions permissions) {
            StringBuilder text = new StringBuilder();
            text.append(letter(permissions.others()))
                    .append(permissions.owner())
                    .append('\0');
            permissions
                    .domains()
                    .forEach((domid, access) ->
                            text.append(letter(access)).append(domid).append('\0'));
            return text.toString();
        }

        private static char letter(Access access) {
            return LETTERS.charAt(access.ordinal());
        }

        private static XenstorePermissions permissions(String[] words) {
            Map<Integer, Access> domains = new HashMap<>();
            for (int i = 2; i < words.length && !words[i].isEmpty(); i++) {
                domains.put(Integer.valueOf(words[i].substring(1)), access(words[i]));
            }
            return new XenstorePermissions(Integer.parseInt(words[1].substring(1)), access(words[1]), domains);
        }

        private static Access access(String word) {
            return Access.values()[LETTERS.indexOf(word.charAt(0))];
        }

        private void end(Header message, boolean commit) throws IOException {
            List<String[]> all = writes.remove(message.transaction());
            if (commit && conflicts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                fail(message, "EAGAIN");
                return;
            }
            if (commit) {
                all.forEach(write -> store.write(write[0], write[1]));
            }
            send(message, "OK\0");
        }

        private static String names(List<String> names) {
            return names.isEmpty() ? "" : String.join("\0", names) + "\0";
        }

        private void found(Header message, Optional<String> value) throws IOException {
            if (value.isPresent()) {
                send(message, value.get());
            } else {
                fail(message, "ENOENT");
            }
        }

        private void fail(Header message, String error) throws IOException {
            send(new Header(ERROR, message.request(), message.transaction()), error + "\0");
        }

        private void event(String body) {
            try {
                send(new Header(WATCH_EVENT, 0, 0), body);
            } catch (IOException e) {
                // who watched has gone
            }
        }

        private synchronized void send(Header message, String body) throws IOException {
            byte[] text = body.getBytes(StandardCharsets.UTF_8);
            ByteBuffer all = ByteBuffer.allocate(HEADER_BYTES + text.length)
                    .order(ByteOrder.nativeOrder())
                    .putInt(message.type())
                    .putInt(message.request())
                    .putInt(message.transaction())
                    .putInt(text.length)
                    .put(text)
                    .flip();
            // not through a stream: Java's streams of a channel write only when none reads
            while (all.hasRemaining()) {
                client.write(all);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
