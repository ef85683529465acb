package org.jxapi.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Type;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.jxapi.xenapi.VM;

/** Calls and answers as text; rpclib's xmlrpc.ml. */
class XmlRpcTest {
    private static Call.Request parse(String body) throws RpcException {
        return XmlRpc.parse(body.getBytes(StandardCharsets.UTF_8), Call.Origin.INTERNAL);
    }

    private static String call(String... values) {
        StringBuilder body = new StringBuilder(
                "<?xml version=\"1.0\"?><methodCall><methodName> VM.start </methodName>" + "<params>");
        for (String value : values) {
            body.append("<param><value>").append(value).append("</value></param>");
        }
        return body.append("</params></methodCall>").toString();
    }

    @Test
    void aCallKeepsItsParameters() throws Exception {
        Call.Request call = parse(call(
                "plain &lt;text&gt;",
                "<string>é</string>",
                "<boolean>1</boolean>",
                "<double>2.5</double>",
                "<array><data><value>a</value><value><array><data/></array></value></data></array>",
                "<struct><member><name>k</name><value>v</value></member></struct>"));
        assertThat(call.method()).isEqualTo("VM.start");
        assertThat(call.params())
                .isEqualTo(List.of("plain <text>", "é", true, 2.5, List.of("a", List.of()), Map.of("k", "v")));
        assertThat(parse("<methodCall><methodName>a</methodName></methodCall>").params())
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no XML",
                "<methodCall>",
                "<methodCall/>",
                "<methodCall><params/></methodCall>",
                "<methodResponse><params/></methodResponse>",
                "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>"
                        + "<methodCall><methodName>&e;</methodName></methodCall>"
            })
    void aBodyThatIsNoCallIsRefused(String body) {
        assertThatThrownBy(() -> parse(body)).isInstanceOf(RpcException.class);
    }

    @Test
    void nestingHasALimit() {
        String deep = "<array><data><value>".repeat(500) + "</value></data></array>".repeat(500);
        assertThatThrownBy(() -> parse(call(deep))).isInstanceOf(RpcException.class);
    }

    @Test
    void answersHaveAStatusAndAValueOrAnErrorDescription() {
        assertThat(text(new Reply.Success(new Type.Reference("VM"), VM.XEN_CLASS.ref("OpaqueRef:1"))))
                .contains(
                        "<member><name>Status</name><value>Success</value></member>",
                        "<member><name>Value</name><value>OpaqueRef:1</value></member>");
        assertThat(text(new Reply.Failure("HANDLE_INVALID", List.of("VM", "a<b"))))
                .contains(
                        "<member><name>Status</name><value>Failure</value></member>",
                        "<member><name>ErrorDescription</name><value><array><data><value>HANDLE_INVALID</value>"
                                + "<value>VM</value><value>a&lt;b</value></data></array></value></member>");
        assertThat(text(new Reply.Methods(List.of("a.b"))))
                .contains("<value><array><data><value>a.b</value></data></array></value>")
                .doesNotContain("Status");
    }

    private static String text(Reply reply) {
        return new String(XmlRpc.write(reply), StandardCharsets.UTF_8);
    }
}
