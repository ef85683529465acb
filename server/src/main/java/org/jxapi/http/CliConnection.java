package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.FutureCallback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command line client: its request is HTTP/1.0, what follows is its own protocol. Blocks a thread of its own. */
final class CliConnection {
    private static final Logger LOG = LoggerFactory.getLogger(CliConnection.class);
    private static final int MAX_HEAD = 16 * 1024;
    private static final int MAX_BODY = 1024 * 1024;

    private final EndPoint endPoint;
    private final byte[] read;
    private final CliHandler handler;
    private final boolean unixSocket;
    private final ByteBuffer buffer = ByteBuffer.allocate(8192).flip();

    CliConnection(EndPoint endPoint, byte[] read, CliHandler handler, boolean unixSocket) {
        this.endPoint = endPoint;
        this.read = read;
        this.handler = handler;
        this.unixSocket = unixSocket;
    }

    void run() {
        try {
            InputStream in = new In();
            handler.handle(body(in), in, new Out(), unixSocket);
        } catch (IOException e) {
            LOG.debug("A command line client went away: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("A command line client could not be served", e);
        } finally {
            endPoint.close();
        }
    }

    private byte[] body(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        head.write(read);
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0 || head.size() > MAX_HEAD) {
                throw new IOException("no complete request");
            }
            head.write(b);
        }
        int length = 0;
        for (String line : head.toString(StandardCharsets.ISO_8859_1).split("\r\n")) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                try {
                    length = Integer.parseInt(
                            line.substring("content-length:".length()).strip());
                } catch (NumberFormatException e) {
                    throw new IOException("bad content-length", e);
                }
            }
        }
        if (length < 0 || length > MAX_BODY) {
            throw new IOException("a command line of " + length + " bytes");
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new IOException("no complete command line");
        }
        return body;
    }

    /** Blocking reads of the connection. */
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

        @Override
        public int available() {
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

    /** Blocking writes to the connection. */
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
    }
}
