package org.jxapi.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.jxapi.dispatch.Untyped;
import org.jxapi.xenapi.Errors;

/** JSON-RPC 1.0 and 2.0. */
public final class JsonRpc {
    private static final int PARSE_ERROR = -32700;
    private static final int INVALID_REQUEST = -32600;
    private static final Map<Integer, String> NAMES = Map.of(
            PARSE_ERROR,
            "Parse error",
            INVALID_REQUEST,
            "Invalid Request",
            RpcException.INVALID_PARAMS,
            "Invalid params");

    private static final int MAX_DEPTH = 64;
    private static final String NO_ID = "null";
    /** The replacement for bytes that are not UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** Larger memory than this is not kept for the next answer. */
    private static final int MAX_KEPT = 64 * 1024;

    /** One a thread: new memory for each answer costs more than to fill it. */
    private static final ThreadLocal<StringBuilder> TEXTS = ThreadLocal.withInitial(() -> new StringBuilder(8 * 1024));

    private JsonRpc() {}

    /**
     * A call, and how its answer is to be written.
     *
     * @param id the request's id as JSON text
     */
    public record Envelope(Call.Request request, boolean two, String id) {}

    /**
     * Reads a call.
     *
     * @throws RpcException when the body is none
     * @throws XenApiException INVALID_VALUE when a parameter is not Unicode text; {@link #refuse} writes the answer
     */
    public static Envelope parse(byte[] body, Call.Origin origin) throws RpcException {
        JsonNode root;
        boolean unicode = isUtf8(body);
        try {
            root = unicode ? JSON.readTree(body) : JSON.readTree(new String(body, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            // The parser's own words quote the body, which may hold a password.
            JsonLocation where = e.getLocation();
            throw new RpcException(
                    PARSE_ERROR,
                    NO_ID,
                    "the body is not JSON"
                            + (where == null
                                    ? ""
                                    : ", at line " + where.getLineNr() + " column " + where.getColumnNr()));
        } catch (IOException e) {
            throw new RpcException(PARSE_ERROR, NO_ID, "the body is not JSON");
        }
        if (root == null || !root.isObject()) {
            throw new RpcException(INVALID_REQUEST, NO_ID, "the body is not a JSON-RPC call");
        }
        JsonNode given = root.get("id");
        if (given == null || !given.isTextual() && !(given.isIntegralNumber() && given.canConvertToLong())) {
            throw new RpcException(INVALID_REQUEST, NO_ID, "the call has no id");
        }
        String id = id(given);
        JsonNode version = root.get("jsonrpc");
        if (version != null && !(version.isTextual() && version.asText().equals("2.0"))) {
            throw new RpcException(INVALID_REQUEST, id, "jsonrpc is neither absent nor \"2.0\"");
        }
        JsonNode method = root.get("method");
        if (method == null || !method.isTextual()) {
            throw new RpcException(INVALID_REQUEST, id, "the call names no method");
        }
        List<Object> params = params(root.get("params"), version != null, id);
        for (Object param : params) {
            if (!unicode && String.valueOf(param).indexOf(REPLACEMENT) >= 0 || !Untyped.isUnicode(param)) {
                throw Errors.invalidValue("Invalid UTF-8 string in parameter", Untyped.text(param));
            }
        }
        return new Envelope(new Call.Request(method.asText(), params, origin), version != null, id);
    }

    private static boolean isUtf8(byte[] body) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static String id(JsonNode id) {
        if (!id.isTextual()) {
            return Long.toString(id.asLong());
        }
        StringBuilder out = new StringBuilder();
        JsonValue.string(out, id.asText());
        return out.toString();
    }

    /** The body of the answer to a call that fails before it is looked at: XAPI writes it in this form whatever the version. */
    public static byte[] refuse(XenApiException error) {
        List<String> all = new ArrayList<>(List.of(error.code()));
        all.addAll(error.params());
        StringBuilder out = new StringBuilder("{\"jsonrpc\":\"2.0\",\"error\":");
        strings(out, all);
        return out.append(",\"id\":0}").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** The body of the answer to what is no call: the error object of JSON-RPC 2.0. */
    public static byte[] refuse(RpcException why) {
        StringBuilder out = new StringBuilder("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":").append(why.code());
        out.append(",\"message\":");
        JsonValue.string(out, NAMES.getOrDefault(why.code(), "Internal error"));
        out.append(",\"data\":");
        strings(out, List.of(why.getMessage()));
        return out.append("},\"id\":").append(why.id()).append('}').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static List<Object> params(JsonNode params, boolean two, String id) throws RpcException {
        List<Object> list = new ArrayList<>();
        if (params != null && params.isArray()) {
            params.forEach(p -> list.add(plain(p)));
        } else if (two && params != null && params.isObject()) {
            // XAPI takes them for the first parameter, and its error shows all of it: the session and the passwords
            // too.
            throw new RpcException(
                    RpcException.INVALID_PARAMS,
                    id,
                    "params must be an array: the XenAPI knows parameters by their position");
        } else if (!two || params != null && !params.isNull()) {
            throw new RpcException(INVALID_REQUEST, id, "params must be an array");
        }
        return list;
    }

    private static @Nullable Object plain(JsonNode node) {
        if (node.isArray()) {
            List<Object> list = new ArrayList<>(node.size());
            node.forEach(member -> list.add(plain(member)));
            return list;
        }
        if (node.isObject()) {
            Map<Object, Object> map = new LinkedHashMap<>();
            node.fields().forEachRemaining(e -> map.put(e.getKey(), plain(e.getValue())));
            return map;
        }
        if (node.isIntegralNumber() && node.canConvertToLong()) {
            return node.asLong();
        }
        if (node.isNumber()) {
            return node.asDouble();
        }
        if (node.isBoolean()) {
            return node.asBoolean();
        }
        return node.isNull() ? null : node.asText();
    }

    /** The body of an answer. */
    public static byte[] write(Reply reply, Envelope call) {
        StringBuilder out = TEXTS.get();
        out.setLength(0);
        out.append(call.two() ? "{\"jsonrpc\":\"2.0\"," : "{");
        if (reply instanceof Reply.Failure failure) {
            if (call.two()) {
                out.append("\"error\":{\"code\":1,\"message\":");
                JsonValue.string(out, failure.code());
                out.append(",\"data\":");
                strings(out, failure.params());
                out.append('}');
            } else {
                List<String> all = new ArrayList<>(List.of(failure.code()));
                all.addAll(failure.params());
                out.append("\"result\":null,\"error\":");
                strings(out, all);
            }
        } else {
            out.append("\"result\":");
            if (reply instanceof Reply.Success success) {
                JsonValue.write(out, success.type(), success.value());
            } else if (reply instanceof Reply.Methods methods) {
                strings(out, methods.names());
            }
            if (!call.two()) {
                out.append(",\"error\":null");
            }
        }
        out.append(",\"id\":").append(call.id()).append('}');
        byte[] body = out.toString().getBytes(StandardCharsets.UTF_8);
        if (out.capacity() > MAX_KEPT) {
            TEXTS.remove();
        }
        return body;
    }

    private static void strings(StringBuilder out, List<String> texts) {
        out.append('[');
        String comma = "";
        for (String text : texts) {
            out.append(comma);
            JsonValue.string(out, text);
            comma = ",";
        }
        out.append(']');
    }
}
