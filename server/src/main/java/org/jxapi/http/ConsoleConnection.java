package org.jxapi.http;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that asks for a console. */
final class ConsoleConnection extends OwnConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleConnection.class);

    private final OwnProtocols protocols;
    private final ExecutorService threads;

    ConsoleConnection(
            EndPoint endPoint,
            Executor executor,
            boolean unixSocket,
            ByteBuffer begin,
            OwnProtocols protocols,
            ExecutorService threads) {
        super(endPoint, executor, unixSocket, begin);
        this.protocols = protocols;
        this.threads = threads;
    }

    @Override
    void received(RequestHead head, RequestBytes request) {
        deciding();
        String realm = head.method().equals("GET") ? "connect_console_ws" : "connect_console";
        protocols.access().admit(head, realm).whenComplete((grant, failure) -> {
            if (failure != null) {
                LOG.debug("Console refused to {}: {}", head.peer(), failure.getMessage());
                refuse(HttpAccess.refusal(failure));
                return;
            }
            // Nobody need type, and a guest may have nothing to say, for days.
            getEndPoint().setIdleTimeout(0);
            serve(
                    threads,
                    request.body(),
                    streams -> protocols.consoles().connect(head.of(grant), streams.in(), streams.out()),
                    grant::close);
        });
    }
}
