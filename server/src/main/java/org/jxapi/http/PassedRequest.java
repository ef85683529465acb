package org.jxapi.http;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.rpc.JsonRpc;
import org.jxapi.rpc.RpcException;
import org.jxapi.rpc.XmlRpc;

/** The beginning of a request to a member, from which it sees whether it answers the request itself. */
final class PassedRequest {
    /** The rest of a request that has no end, such as a console. */
    static final long ENDLESS = -1;

    /** The most that is read before the choice, in bytes. Requests that a member answers are shorter; Jetty takes as much. */
    private static final int MOST = 8 * 1024;
    /** Whether this daemon is alive is no question for another one. */
    private static final Set<String> OWN_PATHS = Set.of("/health", "/health/live", "/health/ready");

    private static final String COMMAND_LINE = "/cli";

    private final ByteBuffer buffer = ByteBuffer.allocate(MOST).flip();
    private final RequestBytes bytes = new RequestBytes();
    private int seen;
    private @Nullable RequestHead head;

    /** Whether this host answers. */
    enum Choice {
        MORE,
        HERE,
        PASS
    }

    /** Nothing was read of it yet. */
    PassedRequest() {}

    /** @param begin what was read of it already */
    PassedRequest(ByteBuffer begin) {
        buffer.limit(begin.remaining());
        buffer.put(0, begin, begin.position(), begin.remaining());
    }

    /** All that was read of it, and room for more. */
    ByteBuffer buffer() {
        return buffer;
    }

    boolean begun() {
        return buffer.hasRemaining();
    }

    /** Whether this host answers the request, as far as what was read of it says. */
    Choice choice(Upstream upstream, boolean unixSocket) {
        bytes.add(buffer.duplicate().position(seen));
        seen = buffer.limit();
        if (!bytes.headComplete()) {
            return seen == MOST ? Choice.PASS : Choice.MORE;
        }
        RequestHead read = head;
        try {
            if (read == null) {
                read = RequestHead.parse(bytes.head(), false, "");
                head = read;
            }
        } catch (Refusal e) {
            // The coordinator refuses it in the right words.
            return Choice.PASS;
        }
        if (!read.method().equals("POST")) {
            return OWN_PATHS.contains(read.path()) ? Choice.HERE : Choice.PASS;
        }
        if (upstream.sendsAway(unixSocket)) {
            return Choice.HERE;
        }
        long missing = read.bodyLength() - bytes.bodySize();
        if (read.bodyLength() < 0 || missing > MOST - seen || read.headers().containsKey("expect")) {
            return Choice.PASS;
        }
        if (missing > 0) {
            return Choice.MORE;
        }
        byte[] body = Arrays.copyOf(bytes.body(), (int) read.bodyLength());
        boolean own = read.path().equals(COMMAND_LINE)
                ? upstream.runsHere(body)
                : isCallFor(upstream, read.path().startsWith("/jsonrpc"), body);
        return own ? Choice.HERE : Choice.PASS;
    }

    private static boolean isCallFor(Upstream upstream, boolean json, byte[] body) {
        try {
            return upstream.answersHere(
                    json
                            ? JsonRpc.parse(body, Call.Origin.INTERNAL)
                                    .request()
                                    .method()
                            : XmlRpc.parse(body, Call.Origin.INTERNAL).method());
        } catch (RpcException | XenApiException e) {
            return false;
        }
    }

    /** How much of the request is still to come, in bytes; ENDLESS when it cannot be said where the next one begins. */
    long rest() {
        RequestHead read = head;
        boolean call =
                read != null && read.method().equals("POST") && !read.path().equals(COMMAND_LINE);
        boolean get =
                read != null && read.method().equals("GET") && !read.headers().containsKey("upgrade");
        if (read == null || !call && !get || read.headers().containsKey("transfer-encoding") || read.badLength()) {
            return ENDLESS;
        }
        long missing = Math.max(0, read.bodyLength()) - bytes.bodySize();
        return missing < 0 ? ENDLESS : missing;
    }
}
