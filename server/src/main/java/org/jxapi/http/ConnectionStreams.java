package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.FutureCallback;

/** A connection as streams that block, for protocols that are not HTTP's request and response. */
final class ConnectionStreams {
    private static final int MAX_HEAD = 16 * 1024;

    private final EndPoint endPoint;
    private final ByteBuffer buffer = ByteBuffer.allocate(8192).flip();

    ConnectionStreams(EndPoint endPoint) {
        this.endPoint = endPoint;
    }

    /** Reads the rest of a request's head, up to its empty line; {@code read} is what was read of it already. */
    String head(byte[] read) throws IOException {
        InputStream in = in();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(read);
        int last = 0;
        boolean empty = false;
        while (!empty) {
            int b = in.read();
            if (b < 0 || head.size() > MAX_HEAD) {
                throw new IOException("no complete request");
            }
            head.write(b);
            if (b == '\n') {
                empty = last == '\n';
                last = b;
            } else if (b != '\r') {
                last = b;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    InputStream in() {
        return new In();
    }

    /** Writes to the connection; closing it closes the connection. */
    OutputStream out() {
        return new Out();
    }

    /** Blocking reads. */
    private final class In extends InputStream {
        @Override
        public int read() throws IOException {
            return ready() ? buffer.get() & 0xFF : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!ready()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, count);
            return count;
        }

        /** What is there to read without waiting; EOFException once the peer has gone. */
        @Override
        public int available() throws IOException {
            if (!buffer.hasRemaining()) {
                buffer.clear().flip();
                if (endPoint.fill(buffer) < 0) {
                    throw new EOFException("the peer has gone");
                }
            }
            return buffer.remaining();
        }

        private boolean ready() throws IOException {
            while (!buffer.hasRemaining()) {
                buffer.clear().flip();
                int filled = endPoint.fill(buffer);
                if (filled < 0) {
                    return false;
                }
                if (filled == 0) {
                    FutureCallback fillable = new FutureCallback();
                    endPoint.fillInterested(fillable);
                    fillable.block();
                }
            }
            return true;
        }
    }

    /** Blocking writes. */
    private final class Out extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            FutureCallback written = new FutureCallback();
            endPoint.write(written, ByteBuffer.wrap(bytes, offset, length));
            written.block();
        }

        @Override
        public void close() {
            endPoint.close();
        }
    }
}
