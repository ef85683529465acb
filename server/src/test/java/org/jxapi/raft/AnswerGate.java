package org.jxapi.raft;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port in front of another one of this machine, whose answers it can hold back. */
final class AnswerGate implements AutoCloseable {
    private static final int BLOCK = 16 * 1024;

    private final ServerSocket server;
    private final int target;
    private volatile boolean shut;

    AnswerGate(int target) throws IOException {
        this.target = target;
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Lets no answer through any more. */
    void shut() {
        shut = true;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "gate");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                start(() -> serve(client));
            } catch (IOException e) {
                // The gate is closed.
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), target)) {
            start(() -> {
                try (client;
                        behind) {
                    copy(behind.getInputStream(), client.getOutputStream(), true);
                } catch (IOException e) {
                    // One side has closed, so the other one sees it too.
                }
            });
            copy(client.getInputStream(), behind.getOutputStream(), false);
        } catch (IOException e) {
            // The same.
        }
    }

    private void copy(InputStream from, OutputStream to, boolean answers) throws IOException {
        byte[] block = new byte[BLOCK];
        for (int count = from.read(block); count >= 0; count = from.read(block)) {
            if (!answers || !shut) {
                to.write(block, 0, count);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
