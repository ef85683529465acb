package org.jxapi.http;

import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A member that asks for a tunnel. Once it is admitted, the connection is that of its client. */
final class TunnelledConnection extends NonRpcConnection {
    private static final Logger LOG = LoggerFactory.getLogger(TunnelledConnection.class);
    private static final byte[] OPEN = "HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Tunnels.Gate gate;
    private final Function<TunnelledEndPoint, Connection> client;

    /** @param client begins with the client's connection */
    TunnelledConnection(
            EndPoint endPoint,
            Executor executor,
            ByteBuffer begin,
            Tunnels.Gate gate,
            Function<TunnelledEndPoint, Connection> client) {
        super(endPoint, executor, false, begin);
        this.gate = gate;
        this.client = client;
    }

    @Override
    void received(RequestHead head, RequestBytes bytes) {
        deciding();
        Optional<TunnelRequest> request = TunnelRequest.of(head);
        if (request.isEmpty() || !gate.admits(request.get().member())) {
            LOG.debug("Tunnel: refused to {}", head.peer());
            throw Refusal.missing(head.path());
        }
        TunnelledEndPoint inside;
        try {
            inside = TunnelledEndPoint.of(getEndPoint(), request.get());
        } catch (UnknownHostException e) {
            throw Refusal.badRequest("The request names no client.");
        }
        getEndPoint()
                .write(
                        Callback.from(() -> getEndPoint().upgrade(client.apply(inside)), failure -> close()),
                        ByteBuffer.wrap(OPEN));
    }
}
