package org.jxapi.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.eclipse.jetty.io.EndPoint;

/** How a client is called in the log, and where refused logins are counted. */
final class Peer {
    static final String UNIX_SOCKET = "unix socket";

    private Peer() {}

    /** Its address without the port, which is another one for each connection. */
    static String of(boolean unixSocket, EndPoint endPoint) {
        return unixSocket ? UNIX_SOCKET : of(endPoint.getRemoteSocketAddress());
    }

    static String of(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : String.valueOf(address);
    }
}
