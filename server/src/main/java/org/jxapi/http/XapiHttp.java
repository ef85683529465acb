package org.jxapi.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpGenerator;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * HTTP whose answers begin as XAPI's do: its version, its reasons, its order and spelling of the headers, and always a
 * word on whether the connection stays open.
 */
final class XapiHttp extends HttpConnectionFactory {
    private static final Map<Integer, String> REASONS = Map.of(
            401, "Unauthorised",
            404, "Not Found",
            431, "Request Header Fields Too Large",
            500, "Internal Error",
            501, "Method Not Implemented");

    private static final List<String> ORDER =
            List.of("content-length", "task-id", "connection", "cache-control", "content-type");
    private static final List<String> ERROR_ORDER =
            List.of("content-length", "task-id", "content-type", "connection", "cache-control");

    XapiHttp(HttpConfiguration config) {
        super(config);
    }

    /** As its super class does, which has no other way to a connection of another class. */
    @Override
    @SuppressWarnings("removal")
    public Connection newConnection(Connector connector, EndPoint endPoint) {
        HttpConnection connection = new HttpConnection(getHttpConfiguration(), connector, endPoint) {
            @Override
            protected HttpGenerator newHttpGenerator() {
                return new Generator();
            }
        };
        connection.setUseInputDirectByteBuffers(isUseInputDirectByteBuffers());
        connection.setUseOutputDirectByteBuffers(isUseOutputDirectByteBuffers());
        return configure(connection, connector, endPoint);
    }

    /** Lets Jetty decide what the head says, and writes it in XAPI's way. */
    private static final class Generator extends HttpGenerator {
        @Override
        public Result generateResponse(
                MetaData.Response info,
                boolean head,
                ByteBuffer header,
                ByteBuffer chunk,
                ByteBuffer content,
                boolean last)
                throws IOException {
            boolean starts = header != null && isState(State.START);
            Result result = super.generateResponse(info, head, header, chunk, content, last);
            if (starts && result == Result.FLUSH && info != null && info.getStatus() >= 200) {
                rewrite(info, header);
            }
            return result;
        }

        private void rewrite(MetaData.Response info, ByteBuffer header) {
            String head = StandardCharsets.ISO_8859_1.decode(header.slice()).toString();
            int status = info.getStatus();
            List<String> order = status < 300 ? ORDER : ERROR_ORDER;
            String[] known = new String[order.size()];
            StringBuilder others = new StringBuilder();
            int reasonEnd = head.indexOf("\r\n");
            int begin = reasonEnd + 2;
            for (int end = head.indexOf("\r\n", begin); end > begin; end = head.indexOf("\r\n", begin)) {
                int colon = head.indexOf(':', begin);
                String name = head.substring(begin, colon).toLowerCase(Locale.ROOT);
                int place = order.indexOf(name);
                if (place >= 0) {
                    known[place] = name + head.substring(colon, end);
                } else {
                    others.append(head, begin, end).append("\r\n");
                }
                begin = end + 2;
            }
            int connection = order.indexOf("connection");
            if (known[connection] == null) {
                known[connection] = isPersistent() ? "connection: keep-alive" : "connection: close";
            }
            String version = info.getHttpVersion() == HttpVersion.HTTP_1_0 ? "1.0" : "1.1";
            String reason = REASONS.get(status);
            StringBuilder out = new StringBuilder(head.length() + 64);
            out.append("HTTP/").append(version).append(' ').append(status).append(' ');
            out.append(reason == null ? head.substring(head.indexOf(' ', 9) + 1, reasonEnd) : reason);
            out.append("\r\n");
            for (String field : known) {
                if (field != null) {
                    out.append(field).append("\r\n");
                }
            }
            // The length of the first chunk may follow the empty line.
            out.append(others).append(head, begin, head.length());
            byte[] bytes = out.toString().getBytes(StandardCharsets.ISO_8859_1);
            if (bytes.length <= header.capacity() - header.position()) {
                int start = header.position();
                header.limit(start + bytes.length);
                header.put(start, bytes);
            }
        }
    }
}
