package org.jxapi.http;

import java.net.Socket;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** A listener whose connections notice a client that vanished, also while nothing is to be said for hours. */
final class TcpConnector extends ServerConnector {
    TcpConnector(Server server, ConnectionFactory... factories) {
        super(server, null, null, null, 1, 1, factories);
    }

    @Override
    protected void configure(Socket socket) {
        super.configure(socket);
        KeepAlive.ask(socket);
    }
}
