package org.jxapi.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.BufferUtil;

/**
 * The body of a response. Java copies what is in the heap out of it whenever the kernel takes only a part, so arrays are
 * copied once, in pieces.
 */
final class DirectOutput extends OutputStream implements BufferOutput {
    private static final int PIECE = 128 * 1024;

    private final Response response;
    private final ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);

    DirectOutput(Response response) {
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int at = offset; at < offset + length; at += PIECE) {
            send(
                    false,
                    piece.clear()
                            .put(bytes, at, Math.min(PIECE, offset + length - at))
                            .flip());
        }
    }

    @Override
    public void write(ByteBuffer from) throws IOException {
        send(false, from);
    }

    @Override
    public void close() throws IOException {
        send(true, BufferUtil.EMPTY_BUFFER);
    }

    private void send(boolean last, ByteBuffer from) throws IOException {
        try (Blocker.Callback sent = Blocker.callback()) {
            response.write(last, from, sent);
            sent.block();
        }
    }
}
