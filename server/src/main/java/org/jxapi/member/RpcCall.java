package org.jxapi.member;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.XenApiException;

/** Calls of the coordinator's messages as JSON-RPC. */
final class RpcCall {
    private RpcCall() {}

    static String of(String method, String... params) {
        ObjectNode call = JsonNodeFactory.instance
                .objectNode()
                .put("jsonrpc", "2.0")
                .put("method", method)
                .put("id", 1);
        List.of(params).forEach(call.putArray("params")::add);
        return call.toString();
    }

    /** The result; missing if there is none. The XenAPI error of an answer that has one. */
    static JsonNode result(JsonNode answer) {
        JsonNode error = answer.path("error");
        if (error.isObject()) {
            throw new XenApiException(error.path("message").asText(), texts(error.path("data")));
        }
        return answer.path("result");
    }

    static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(one -> texts.add(one.asText()));
        return texts;
    }
}
