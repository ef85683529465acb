package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.jspecify.annotations.Nullable;

/** A connection to the coordinator that is to become a tunnel: it is one once the coordinator has answered with status 200. */
final class TunnelOpening extends AbstractConnection {
    private static final String ACCEPTED = "HTTP/1.1 200 ";

    private final byte[] request;
    private final Duration limit;
    private final Promise<EndPoint> opened;
    private final AtomicBoolean done = new AtomicBoolean();
    /** Until its head has come to its end, an answer is no longer than this. */
    private final ByteBuffer answer = BufferUtil.allocate(1024);

    TunnelOpening(EndPoint endPoint, Executor executor, byte[] request, Duration limit, Promise<EndPoint> opened) {
        super(endPoint, executor);
        this.request = request;
        this.limit = limit;
        this.opened = opened;
    }

    @Override
    public void onOpen() {
        super.onOpen();
        getEndPoint().setIdleTimeout(limit.toMillis());
        getEndPoint().write(Callback.from(this::fillInterested, this::fail), ByteBuffer.wrap(request));
    }

    @Override
    public void onFillable() {
        try {
            int count = getEndPoint().fill(answer);
            String text = StandardCharsets.ISO_8859_1.decode(answer.slice()).toString();
            if (text.endsWith("\r\n\r\n") && text.startsWith(ACCEPTED)) {
                if (done.compareAndSet(false, true)) {
                    opened.succeeded(getEndPoint());
                }
            } else if (count < 0 || text.contains("\r\n\r\n") || BufferUtil.isFull(answer)) {
                throw new IOException("the coordinator opens no tunnel: "
                        + text.lines().findFirst().orElse("no answer"));
            } else {
                fillInterested();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    @Override
    public void onFillInterestedFailed(Throwable cause) {
        fail(cause);
    }

    @Override
    public void onClose(@Nullable Throwable cause) {
        super.onClose(cause);
        fail(cause == null ? new IOException("the coordinator has closed the connection") : cause);
    }

    private void fail(Throwable cause) {
        if (done.compareAndSet(false, true)) {
            getEndPoint().close();
            opened.failed(cause);
        }
    }
}
