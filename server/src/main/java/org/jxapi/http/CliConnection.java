package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import org.eclipse.jetty.io.EndPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command line client: its request is HTTP/1.0, what follows is its own protocol. Blocks a thread of its own. */
final class CliConnection {
    private static final Logger LOG = LoggerFactory.getLogger(CliConnection.class);
    private static final int MAX_BODY = 1024 * 1024;

    private final EndPoint endPoint;
    private final byte[] read;
    private final CliHandler handler;
    private final boolean unixSocket;

    CliConnection(EndPoint endPoint, byte[] read, CliHandler handler, boolean unixSocket) {
        this.endPoint = endPoint;
        this.read = read;
        this.handler = handler;
        this.unixSocket = unixSocket;
    }

    void run() {
        try {
            ConnectionStreams streams = new ConnectionStreams(endPoint);
            String head = streams.head(read);
            InputStream in = streams.in();
            handler.handle(body(head, in), in, streams.out(), unixSocket);
        } catch (IOException e) {
            LOG.debug("A command line client went away: {}", e.getMessage());
        } catch (RuntimeException | Error e) {
            LOG.error("A command line client could not be served", e);
        } finally {
            endPoint.close();
        }
    }

    private static byte[] body(String head, InputStream in) throws IOException {
        int length = 0;
        for (String line : head.split("\r\n")) {
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
}
