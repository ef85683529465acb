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
    private final boolean unixSocket;

    private TunnelledEndPoint(EndPoint member, SocketAddress client, boolean unixSocket) {
        super(member, member.getLocalSocketAddress(), client);
        this.unixSocket = unixSocket;
    }

    /** @throws UnknownHostException when the request names no address */
    static TunnelledEndPoint of(EndPoint member, TunnelRequest request) throws UnknownHostException {
        String client = request.client();
        if (!client.matches("[0-9a-fA-F:.]*")) {
            // A name would be looked up.
            throw new UnknownHostException(client);
        }
        return new TunnelledEndPoint(member, new InetSocketAddress(InetAddress.getByName(client), 0), client.isEmpty());
    }

    /** Whether the client is on the unix socket of the member, and so is its root. */
    boolean unixSocket() {
        return unixSocket;
    }

    @Override
    public @Nullable SslSessionData getSslSessionData() {
        SslSessionData member = super.getSslSessionData();
        return member == null
                ? null
                : SslSessionData.from(member.sslSession(), member.sslSessionId(), member.cipherSuite(), null);
    }
}
