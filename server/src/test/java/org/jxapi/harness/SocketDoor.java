package org.jxapi.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A port of loopback whose connections go to a daemon's unix socket, also to a daemon that has another network. */
public final class SocketDoor implements AutoCloseable {
    private static final int BLOCK = 16 * 1024;

    private final ServerSocket server;
    private final Path socket;

    public SocketDoor(Path socket) throws IOException {
        this.socket = socket;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "door");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                start(() -> serve(client));
            } catch (IOException e) {
                // It is closed, or the next client has more luck.
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                SocketChannel daemon = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.connect(UnixDomainSocketAddress.of(socket));
            start(() -> {
                try (client;
                        daemon) {
                    answer(daemon, client.getOutputStream());
                } catch (IOException e) {
                    // One of both has closed; so the other learns it.
                }
            });
            ask(client.getInputStream(), daemon);
        } catch (IOException e) {
            // The same.
        }
    }

    // Streams of one channel would wait for each other.

    private static void ask(InputStream in, SocketChannel daemon) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int count = in.read(block); count >= 0; count = in.read(block)) {
            ByteBuffer bytes = ByteBuffer.wrap(block, 0, count);
            while (bytes.hasRemaining()) {
                daemon.write(bytes);
            }
        }
    }

    private static void answer(SocketChannel daemon, OutputStream out) throws IOException {
        ByteBuffer block = ByteBuffer.allocate(BLOCK);
        while (daemon.read(block) >= 0) {
            out.write(block.array(), 0, block.position());
            block.clear();
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            // Nothing listens there any more either way.
        }
    }
}
