package org.jxapi.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that uploads: it may wait for an answer before it sends a body, and may end that with the connection. */
final class UploadConnection extends NonRpcConnection {
    private static final Logger LOG = LoggerFactory.getLogger(UploadConnection.class);
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final NonRpcHandlers protocols;
    private final ExecutorService threads;

    UploadConnection(
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
        TransferHandler transfers = protocols.transfers();
        if (!transfers.serves(head.method(), head.path()) && head.param("task_id") == null) {
            throw transfers.missing(head);
        }
        deciding();
        protocols.access().admit(head, transfers.realm(head)).whenComplete((grant, failure) -> {
            if (failure != null) {
                LOG.debug("{} {} refused to {}: {}", head.method(), head.path(), head.peer(), failure.getMessage());
                refuse(transfers.refusal(head, HttpAccess.refusal(failure)));
                return;
            }
            serve(
                    threads,
                    request.body(),
                    streams -> {
                        if (head.headers().getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
                            streams.out().write(CONTINUE);
                        }
                        transfers.serve(head.of(grant), new Body(streams.in(), head), new ConnectionAnswer(streams));
                    },
                    grant::close);
        });
    }
}
