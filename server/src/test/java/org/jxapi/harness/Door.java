package org.jxapi.harness;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port of loopback whose connections lead elsewhere, with two threads for each. */
public abstract class Door implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    protected Door() throws IOException {}

    /** Passes on what comes through one connection, until one side has closed. */
    protected abstract void serve(Socket client) throws IOException;

    /** Begins to take connections; called once. */
    protected final void open() {
        start(this::accept);
    }

    public final int port() {
        return server.getLocalPort();
    }

    /** A step that ends with an error when one side has closed. */
    protected interface Step {
        void run() throws IOException;
    }

    protected static void start(Step step) {
        Thread thread = new Thread(
                () -> {
                    try {
                        step.run();
                    } catch (IOException e) {
                        // One side has closed, so the other one sees it too.
                    }
                },
                "door");
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

    @Override
    public final void close() {
        try {
            server.close();
        } catch (IOException e) {
            // Nothing listens there any more either way.
        }
    }
}
