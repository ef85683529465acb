package org.jxapi.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.List;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.jspecify.annotations.Nullable;

/** How a client is called in the log, and where refused logins are counted. */
final class Peer {
    static final String UNIX_SOCKET = "unix socket";

    private Peer() {}

    /** Its address without the port, which is another one for each connection. */
    static String of(boolean unixSocket, EndPoint endPoint) {
        return unixSocket ? UNIX_SOCKET : of(endPoint.getRemoteSocketAddress());
    }

    /** Its connection. */
    static EndPoint endPoint(Request request) {
        return request.getConnectionMetaData().getConnection().getEndPoint();
    }

    /** Whether it is on the unix socket of this host. */
    static boolean ownSocket(Request request) {
        return request.getConnectionMetaData().getConnector() instanceof UnixDomainServerConnector;
    }

    /** Whether it is on a unix socket, of this host or of the member that has passed it on, and so is root there. */
    static boolean unixSocket(Request request) {
        return ownSocket(request) || endPoint(request) instanceof TunnelledEndPoint tunnel && tunnel.unixSocket();
    }

    /** The reference of the member that has passed it on; null for a client of this host. */
    static @Nullable String member(EndPoint endPoint) {
        return endPoint instanceof TunnelledEndPoint tunnel ? tunnel.member() : null;
    }

    static String of(Request request) {
        return of(unixSocket(request), endPoint(request));
    }

    static List<X509Certificate> certificates(Request request) {
        return certificates(endPoint(request));
    }

    /** The certificates that it has shown in TLS, its own first. */
    static List<X509Certificate> certificates(EndPoint endPoint) {
        EndPoint.SslSessionData tls = endPoint.getSslSessionData();
        return tls == null || tls.peerCertificates() == null ? List.of() : List.of(tls.peerCertificates());
    }

    static String of(SocketAddress address) {
        return address instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : String.valueOf(address);
    }
}
