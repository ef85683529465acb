package org.jxapi.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jxapi.harness.Http;

/**
 * A file's bytes through a socket of loopback, without HTTP, a disk or a task: what a server that does nothing else takes
 * with the same client.
 */
final class PlainSocket {
    private static final int PIECE = 1 << 20;

    private PlainSocket() {}

    /** The work of one side with its end of the connection. */
    private interface Side<T> {
        void with(T end) throws IOException;
    }

    /** The server has the bytes, and the client writes them to a file. */
    static void export(Path from, Path to) throws Exception {
        connect(server -> send(from, server), client -> {
            try (OutputStream out = Files.newOutputStream(to)) {
                Http.copy(client.getInputStream(), out);
            }
        });
    }

    /** The client has the bytes, and the server writes all but zeros to a file, which is on disk at the end. */
    static void upload(Path from, Path to) throws Exception {
        connect(server -> receive(server, to), client -> {
            try (InputStream in = Files.newInputStream(from)) {
                Http.copy(in, client.getOutputStream());
                client.shutdownOutput();
                client.getInputStream().readAllBytes();
            }
        });
    }

    private static void connect(Side<SocketChannel> server, Side<Socket> client) throws Exception {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(loopback, 0));
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (SocketChannel accepted = listener.accept()) {
                    server.with(accepted);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            try (Socket socket = new Socket(loopback, listener.socket().getLocalPort())) {
                client.with(socket);
            }
            served.get();
        } catch (ExecutionException e) {
            throw new IOException("the plain server failed", e);
        }
    }

    private static void send(Path from, SocketChannel to) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        try (FileChannel file = FileChannel.open(from)) {
            while (file.read(piece.clear()) >= 0) {
                piece.flip();
                while (piece.hasRemaining()) {
                    to.write(piece);
                }
            }
        }
    }

    private static void receive(SocketChannel from, Path to) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        ByteBuffer zeros = ByteBuffer.allocateDirect(PIECE);
        try (FileChannel file = FileChannel.open(
                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.READ)) {
            long at = 0;
            boolean more = true;
            while (more) {
                piece.clear();
                while (more && piece.hasRemaining()) {
                    more = from.read(piece) >= 0;
                }
                piece.flip();
                if (piece.mismatch(zeros.clear().limit(piece.limit())) >= 0) {
                    file.write(piece, at);
                }
                at += piece.limit();
            }
            file.force(true);
        }
    }
}
