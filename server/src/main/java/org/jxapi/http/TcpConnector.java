package org.jxapi.http;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A listener whose connections notice a client that vanished, also while nothing is to be said for hours. */
final class TcpConnector extends ServerConnector {
    /** After how many silent seconds the system asks whether the client is there. */
    private static final int ASK_AFTER = 60;
    /** How often it asks, in seconds, and how many times before it gives up. */
    private static final int ASK_EVERY = 15;

    private static final int ASK_TIMES = 4;

    TcpConnector(Server server, ConnectionFactory... factories) {
        super(server, null, null, null, 1, 1, factories);
    }

    @Override
    protected void configure(Socket socket) {
        super.configure(socket);
        try {
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, ASK_AFTER);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, ASK_EVERY);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, ASK_TIMES);
        } catch (IOException | UnsupportedOperationException e) {
            // The client has gone already, or the system asks at its own pace.
        }
    }
}
