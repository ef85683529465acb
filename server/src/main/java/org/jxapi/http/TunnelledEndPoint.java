package org.jxapi.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ProxyConnectionFactory;
import org.jspecify.annotations.Nullable;

/** The connection of a client that a member has passed on: the peer is the client, and no certificate is its own. */
final class TunnelledEndPoint extends ProxyConnectionFactory.ProxyEndPoint {
    private final String member;
    private final boolean unixSocket;

    private TunnelledEndPoint(EndPoint tunnel, String member, SocketAddress client, boolean unixSocket) {
        super(tunnel, tunnel.getLocalSocketAddress(), client);
        this.member = member;
        this.unixSocket = unixSocket;
    }

    /** @throws UnknownHostException when the request names no address */
    static TunnelledEndPoint of(EndPoint tunnel, TunnelRequest request) throws UnknownHostException {
        String client = request.client();
        if (!client.matches("[0-9a-fA-F:.]*")) {
            // A name would be looked up.
            throw new UnknownHostException(client);
        }
        return new TunnelledEndPoint(
                tunnel,
                request.member().host(),
                new InetSocketAddress(InetAddress.getByName(client), 0),
                client.isEmpty());
    }

    /** The reference of the host at which the client is. */
    String member() {
        return member;
    }

    /** Whether the client is on the unix socket of the member, and so is its root. */
    boolean unixSocket() {
        return unixSocket;
    }

    @Override
    public @Nullable SslSessionData getSslSessionData() {
        SslSessionData tls = super.getSslSessionData();
        return tls == null ? null : SslSessionData.from(tls.sslSession(), tls.sslSessionId(), tls.cipherSuite(), null);
    }
}
