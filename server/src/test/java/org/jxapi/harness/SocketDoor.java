package org.jxapi.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A port of loopback whose connections go to a daemon's unix socket, also to a daemon that has another network. */
public final class SocketDoor extends Door {
    private static final int BLOCK = 16 * 1024;

    private final Path socket;

    public SocketDoor(Path socket) throws IOException {
        this.socket = socket;
        open();
    }

    @Override
    protected void serve(Socket client) throws IOException {
        try (client;
                SocketChannel daemon = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            daemon.connect(UnixDomainSocketAddress.of(socket));
            start(() -> {
                try (client;
                        daemon) {
                    answer(daemon, client.getOutputStream());
                }
            });
            ask(client.getInputStream(), daemon);
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
}
