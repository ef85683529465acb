package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;

/**
 * Whether the client of a request, whose body has been read, is still there while it waits for the answer. Nobody else
 * reads from its connection meanwhile.
 */
final class ClientWatch implements BooleanSupplier {
    private static final int SOME = 512;

    private final Request request;
    private boolean gone;
    /** It has sent its next request already: its end cannot be seen behind that. */
    private boolean talking;

    ClientWatch(Request request) {
        this.request = request;
    }

    @Override
    public synchronized boolean getAsBoolean() {
        if (!gone && !talking && request.getConnectionMetaData().getConnection() instanceof HttpConnection connection) {
            look(connection);
        }
        return gone;
    }

    private void look(HttpConnection connection) {
        EndPoint endPoint = connection.getEndPoint();
        ByteBuffer next = BufferUtil.allocate(SOME);
        try {
            int count = endPoint.isOpen() ? endPoint.fill(next) : -1;
            gone = count < 0;
            talking = count > 0;
        } catch (IOException e) {
            gone = true;
        }
        if (talking) {
            connection.onUpgradeTo(next);
        }
    }
}
