package org.jxapi.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;

/** How a client is called in the log, and where refused logins are counted. */
final class Peer {
    static final String UNIX_SOCKET = "unix socket";

    private Peer() {}

    /** Its address without the port, which is another one for each connection. */
    static String of(boolean unixSocket, EndPoint endPoint) {
        return unixSocket ? UNIX_SOCKET : of(endPoint.getRemoteSocketAddress());
    }

    /** The certificates that it has shown in TLS, its own first. */
    static List<X509Certificate> certificates(Request request) {
        EndPoint.SslSessionData tls =
                request.getConnectionMetaData().getConnection().getEndPoint().getSslSessionData();
        return tls == null || tls.peerCertificates() == null ? List.of() : List.of(tls.peerCertificates());
    }

    static String of(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : String.valueOf(address);
    }
}
