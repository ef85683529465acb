package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that asks for a console by {@code CONNECT}. */
final class ConsoleConnection extends NonRpcConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ConsoleConnection.class);
    private static final byte[] CONNECTED = ("HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n"
                    + "Cache-Control: no-cache, no-store\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private final NonRpcHandlers protocols;
    private final ExecutorService threads;

    ConsoleConnection(
            EndPoint endPoint,
            Executor executor,
            boolean unixSocket,
            ByteBuffer begin,
            NonRpcHandlers protocols,
            ExecutorService threads) {
        super(endPoint, executor, unixSocket, begin);
        this.protocols = protocols;
        this.threads = threads;
    }

    @Override
    void received(RequestHead head, RequestBytes request) {
        deciding();
        protocols.access().admit(head, "connect_console").whenComplete((grant, failure) -> {
            if (failure != null) {
                LOG.debug("Console: refused to {}: {}", head.peer(), failure.getMessage());
                refuse(HttpAccess.refusal(failure));
                return;
            }
            // Nobody need type, and a guest may have nothing to say, for days.
            getEndPoint().setIdleTimeout(0);
            serve(
                    threads,
                    request.body(),
                    streams -> protocols.consoles().connect(head.of(grant), new Answer(streams)),
                    grant::close);
        });
    }

    private record Answer(ConnectionStreams streams) implements ConnectHandler.Answer {
        @Override
        public ConnectHandler.Streams open() throws IOException {
            streams.out().write(CONNECTED);
            return streams;
        }

        @Override
        public void refuse(Refusal refusal) throws IOException {
            streams.out().write(ConnectionAnswer.bytes(refusal));
        }
    }
}
