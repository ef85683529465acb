package org.jxapi.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.jxapi.xenapi.VM;

/** Calls and answers as text; ocaml/xapi/server_helpers.ml and rpclib's jsonrpc.ml. */
class JsonRpcTest {
    private static JsonRpc.Envelope parse(String body) throws RpcException {
        return JsonRpc.parse(body.getBytes(StandardCharsets.UTF_8), Call.Origin.INTERNAL);
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Test
    void aCallKeepsItsParametersAndItsId() throws Exception {
        JsonRpc.Envelope call = parse("{\"jsonrpc\":\"2.0\",\"method\":\"VM.start\","
                + "\"params\":[\"s\",1,2.5,true,null,[\"a\"],{\"k\":9007199254740993}],\"id\":\"x\\\"y\"}");
        assertThat(call.two()).isTrue();
        assertThat(call.id()).isEqualTo("\"x\\\"y\"");
        assertThat(call.request().method()).isEqualTo("VM.start");
        List<Object> expected = new ArrayList<>(Arrays.asList("s", 1L, 2.5, true, null));
        expected.add(List.of("a"));
        expected.add(Map.of("k", 9_007_199_254_740_993L));
        assertThat(call.request().params()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "[] | -32600 | null",
                "{ | -32700 | null",
                "{} {} | -32700 | null",
                "{\"method\":\"a\",\"params\":[]} | -32600 | null",
                "{\"method\":\"a\",\"params\":[],\"id\":null} | -32600 | null",
                "{\"method\":\"a\",\"params\":[],\"id\":1.5} | -32600 | null",
                "{\"method\":\"a\",\"params\":[],\"id\":1,\"jsonrpc\":\"3\"} | -32600 | 1",
                "{\"params\":[],\"id\":1} | -32600 | 1",
                "{\"method\":\"a\",\"id\":1} | -32600 | 1",
                "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":{\"session\":\"s\"},\"id\":1} | -32602 | 1"
            })
    void aBodyThatIsNoCallIsRefusedWithItsIdAndWithoutItsContent(String body, int code, String id) {
        assertThatThrownBy(() -> parse(body)).isInstanceOfSatisfying(RpcException.class, e -> {
            assertThat(text(JsonRpc.refuse(e)))
                    .startsWith("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":" + code + ",")
                    .endsWith(",\"id\":" + id + "}")
                    .doesNotContain("session");
        });
    }

    @Test
    void nestingHasALimit() {
        String deep = "{\"method\":\"a\",\"id\":1,\"params\":" + "[".repeat(100) + "]".repeat(100) + "}";
        assertThatThrownBy(() -> parse(deep)).isInstanceOf(RpcException.class);
    }

    @Test
    void aParameterThatIsNotUnicodeIsAnInvalidValue() {
        byte[] body = "{\"method\":\"a\",\"params\":[\"?\"],\"id\":1}".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < body.length; i++) {
            body[i] = body[i] == '?' ? (byte) 0xFF : body[i];
        }
        assertThatThrownBy(() -> JsonRpc.parse(body, Call.Origin.INTERNAL)).hasMessageContaining("INVALID_VALUE");
    }

    @Test
    void answersHaveTheFormOfTheVersion() throws Exception {
        JsonRpc.Envelope one = parse("{\"method\":\"a\",\"params\":[],\"id\":7}");
        JsonRpc.Envelope two = parse("{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":[],\"id\":\"7\"}");
        Reply success = new Reply.Success(new Type.Reference("VM"), VM.XEN_CLASS.ref("OpaqueRef:1"));
        assertThat(text(JsonRpc.write(success, one))).isEqualTo("{\"result\":\"OpaqueRef:1\",\"error\":null,\"id\":7}");
        assertThat(text(JsonRpc.write(success, two)))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"result\":\"OpaqueRef:1\",\"id\":\"7\"}");
        Reply failure = new Reply.Failure("HANDLE_INVALID", List.of("VM", "a\n\"b\""));
        assertThat(text(JsonRpc.write(failure, one)))
                .isEqualTo("{\"result\":null,\"error\":[\"HANDLE_INVALID\",\"VM\",\"a\\n\\\"b\\\"\"],\"id\":7}");
        assertThat(text(JsonRpc.write(failure, two)))
                .isEqualTo("{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"HANDLE_INVALID\","
                        + "\"data\":[\"VM\",\"a\\n\\\"b\\\"\"]},\"id\":\"7\"}");
    }
}
