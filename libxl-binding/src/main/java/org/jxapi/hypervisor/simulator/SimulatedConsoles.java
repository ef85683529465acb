package org.jxapi.hypervisor.simulator;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.ConsoleType;
import org.jxapi.hypervisor.Consoles;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.VncAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consoles of simulated domains. A terminal is a unix socket instead of a pty; each is opened when somebody first asks
 * for it and closed with its domain.
 */
final class SimulatedConsoles implements Consoles {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedConsoles.class);

    private final SimulatorState state;
    private final Map<Integer, Text> texts = new HashMap<>();
    private final Map<Integer, ServerSocket> screens = new HashMap<>();
    private final Map<Integer, Set<Closeable>> viewers = new HashMap<>();

    private record Text(Path path, ServerSocketChannel server) {}

    SimulatedConsoles(SimulatorState state) {
        this.state = state;
    }

    @Override
    public String tty(int domid, int number, ConsoleType type) {
        return primaryTty(domid);
    }

    @Override
    public String primaryTty(int domid) {
        String name = state.domain(domid).config.cInfo().name();
        return terminal(domid, name, new Guest(state, domid));
    }

    /** The socket of the host's own terminal. libxl knows no terminal of the control domain. */
    String hostTty() {
        return terminal(0, "host", null);
    }

    private synchronized String terminal(int domid, String name, @Nullable Guest guest) {
        Text text = texts.get(domid);
        if (text == null) {
            try {
                text = openText(domid, name, guest);
            } catch (IOException e) {
                throw new HypervisorException(LibxlError.FAIL, "the console cannot be opened: " + e.getMessage());
            }
            texts.put(domid, text);
        }
        return text.path().toString();
    }

    private Text openText(int domid, String name, @Nullable Guest guest) throws IOException {
        Path folder = Files.createTempDirectory("jxapi-console");
        Path path = folder.resolve(domid + ".sock");
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        path.toFile().deleteOnExit();
        folder.toFile().deleteOnExit();
        SimulatedTerminal terminal = new SimulatedTerminal(name, guest);
        thread("console " + domid, () -> {
            while (server.isOpen()) {
                SocketChannel reader = server.accept();
                serve(domid, reader, () -> read(reader, terminal));
            }
        });
        return new Text(path, server);
    }

    /** Serves one who looks, at most as long as the domain is there. */
    private void serve(int domid, Closeable viewer, Serving work) {
        synchronized (this) {
            viewers.computeIfAbsent(domid, d -> new HashSet<>()).add(viewer);
        }
        thread("console viewer", () -> {
            try {
                work.run();
            } finally {
                synchronized (this) {
                    viewers.getOrDefault(domid, new HashSet<>()).remove(viewer);
                }
            }
        });
    }

    private static void read(SocketChannel reader, SimulatedTerminal terminal) throws IOException {
        try (reader) {
            OutputStream out = output(reader);
            terminal.connect(out);
            try {
                InputStream in = Channels.newInputStream(reader);
                for (int key = in.read(); key >= 0; key = in.read()) {
                    terminal.type(key);
                }
            } finally {
                terminal.disconnect(out);
            }
        }
    }

    /** Writes to a channel, also while another thread reads from it, which Java's own stream does not. */
    private static OutputStream output(SocketChannel channel) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b});
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            }
        };
    }

    @Override
    public Optional<VncAddress> vnc(int domid) {
        SimulatedDomain domain = state.domain(domid);
        return domain.type() == DomainKind.HVM ? Optional.of(screen(domid, domain)) : Optional.empty();
    }

    private synchronized VncAddress screen(int domid, SimulatedDomain domain) {
        ServerSocket screen = screens.get(domid);
        if (screen == null) {
            try {
                screen = openScreen(domain);
            } catch (IOException e) {
                throw new HypervisorException(LibxlError.FAIL, "the screen cannot be opened: " + e.getMessage());
            }
            screens.put(domid, screen);
        }
        return new VncAddress("127.0.0.1", screen.getLocalPort());
    }

    private ServerSocket openScreen(SimulatedDomain domain) throws IOException {
        ServerSocket server = new ServerSocket();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        String name = domain.config.cInfo().name();
        thread("screen " + domain.domid, () -> {
            while (!server.isClosed()) {
                Socket viewer = server.accept();
                serve(domain.domid, viewer, () -> SimulatedScreen.serve(viewer, name));
            }
        });
        return server;
    }

    /** The domain is gone. */
    synchronized void close(int domid) {
        try {
            Text text = texts.remove(domid);
            if (text != null) {
                text.server().close();
                Files.deleteIfExists(text.path());
                Files.deleteIfExists(text.path().getParent());
            }
            ServerSocket screen = screens.remove(domid);
            if (screen != null) {
                screen.close();
            }
            for (Closeable viewer : Set.copyOf(viewers.getOrDefault(domid, Set.of()))) {
                viewer.close();
            }
            viewers.remove(domid);
        } catch (IOException e) {
            LOG.debug("A console did not close", e);
        }
    }

    synchronized void close() {
        List.copyOf(texts.keySet()).forEach(this::close);
        List.copyOf(screens.keySet()).forEach(this::close);
    }

    /** Work that ends when its connection does. */
    private interface Serving {
        void run() throws IOException;
    }

    private static void thread(String name, Serving work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        LOG.debug("{} ended: {}", name, e.getMessage());
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }
}
