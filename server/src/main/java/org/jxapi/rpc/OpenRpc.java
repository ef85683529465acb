package org.jxapi.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jxapi.xenapi.XenModel;

/** The description of the API for clients of JSON-RPC, which the build generates from the model. */
public final class OpenRpc {
    /** The method by which clients ask for it. */
    public static final String DISCOVER = "rpc.discover";

    /** Read when first asked for. */
    private static final class Document {
        static final byte[] BYTES = read();

        private static byte[] read() {
            try (InputStream in = XenModel.class.getResourceAsStream("openrpc.json")) {
                return Objects.requireNonNull(in, "the build has made no openrpc.json")
                        .readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private OpenRpc() {}

    /** The document, in UTF-8; callers must not change it. */
    public static byte[] bytes() {
        return Document.BYTES;
    }

    /** The answer to a call of {@link #DISCOVER}. */
    public static byte[] answer(JsonRpc.Envelope call) {
        byte[] head =
                (call.two() ? "{\"jsonrpc\":\"2.0\",\"result\":" : "{\"result\":").getBytes(StandardCharsets.UTF_8);
        byte[] tail = ((call.two() ? ",\"id\":" : ",\"error\":null,\"id\":") + call.id() + "}")
                .getBytes(StandardCharsets.UTF_8);
        byte[] document = Document.BYTES;
        byte[] answer = new byte[head.length + document.length + tail.length];
        System.arraycopy(head, 0, answer, 0, head.length);
        System.arraycopy(document, 0, answer, head.length, document.length);
        System.arraycopy(tail, 0, answer, head.length + document.length, tail.length);
        return answer;
    }
}
