package org.jxapi.http;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.io.EndPoint;

/** A command line client: its request is HTTP/1.0, and all that follows is a protocol of its own. */
final class CliConnection extends NonRpcConnection {
    private static final int MAX_COMMAND_LINE = 1024 * 1024;
    /** A command line up to this size, in bytes, always finds room. */
    private static final int SMALL = 4 * 1024;

    private final CliHandler handler;
    private final ExecutorService threads;
    private final RequestMemory room;
    private int taken;

    CliConnection(
            EndPoint endPoint,
            Executor executor,
            boolean unixSocket,
            ByteBuffer begin,
            CliHandler handler,
            ExecutorService threads,
            RequestMemory room) {
        super(endPoint, executor, unixSocket, begin);
        this.handler = handler;
        this.threads = threads;
        this.room = room;
    }

    @Override
    void received(RequestHead head, RequestBytes request) {
        long length = Math.max(0, head.bodyLength());
        if (head.badLength() || length > MAX_COMMAND_LINE) {
            throw Refusal.badRequest("A command line may have " + MAX_COMMAND_LINE + " bytes.");
        }
        take(Math.max(0, request.bodySize() - SMALL));
        if (request.bodySize() < length) {
            return;
        }
        deciding();
        byte[] all = request.body();
        byte[] line = Arrays.copyOf(all, (int) length);
        byte[] rest = Arrays.copyOfRange(all, (int) length, all.length);
        CliHandler.Peer peer = new CliHandler.Peer(
                head.unixSocket(),
                head.peer(),
                head.headers().containsKey(CliHandler.TERMINAL),
                head.headers().containsKey(CliHandler.FOLLOWS));
        handler.open(line, peer).thenAccept(client -> {
            byte[] answer = client.answer();
            if (answer != null) {
                client.close();
                answer(answer);
            } else {
                release();
                serve(threads, rest, streams -> client.run(streams.in(), streams.out()), client::close);
            }
        });
    }

    private synchronized void take(int bytes) {
        if (!getEndPoint().isOpen() || !room.take(bytes - taken)) {
            throw Refusal.busy();
        }
        taken = bytes;
    }

    private synchronized void release() {
        room.give(taken);
        taken = 0;
    }

    @Override
    public void onClose(Throwable cause) {
        release();
        super.onClose(cause);
    }
}
