package org.jxapi.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;

/** JSON-RPC 1.0 and 2.0. */
public final class JsonRpc {
    private static final int MAX_DEPTH = 64;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

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
     */
    public static Envelope parse(byte[] body, Call.Origin origin) throws RpcException {
        JsonNode root;
        try {
            root = JSON.readTree(body);
        } catch (IOException e) {
            throw new RpcException("the body is not JSON: " + e.getMessage(), e);
        }
        if (root == null || !root.isObject()) {
            throw new RpcException("the body is not a JSON-RPC call");
        }
        JsonNode version = root.get("jsonrpc");
        if (version != null && !version.asText().equals("2.0")) {
            throw new RpcException("jsonrpc is neither absent nor \"2.0\"");
        }
        JsonNode id = root.get("id");
        if (id == null || !id.isTextual() && !id.isIntegralNumber()) {
            throw new RpcException("the call has no id");
        }
        JsonNode method = root.get("method");
        if (method == null || !method.isTextual()) {
            throw new RpcException("the call names no method");
        }
        List<Object> params = params(root.get("params"), version != null);
        return new Envelope(new Call.Request(method.asText(), params, origin), version != null, id.toString());
    }

    private static List<Object> params(JsonNode params, boolean two) throws RpcException {
        List<Object> list = new ArrayList<>();
        if (params != null && params.isArray()) {
            params.forEach(p -> list.add(plain(p)));
        } else if (two && params != null && params.isObject()) {
            list.add(plain(params));
        } else if (!two || params != null && !params.isNull()) {
            throw new RpcException("params must be an array");
        }
        return list;
    }

    private static Object plain(JsonNode node) {
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
        StringBuilder out = new StringBuilder(reply instanceof Reply.Success ? 8192 : 512);
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
        return out.toString().getBytes(StandardCharsets.UTF_8);
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
