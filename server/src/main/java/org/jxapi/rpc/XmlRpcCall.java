package org.jxapi.rpc;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.XmlRpcException;
import org.apache.xmlrpc.common.TypeFactoryImpl;
import org.apache.xmlrpc.common.XmlRpcHttpRequestConfigImpl;
import org.apache.xmlrpc.parser.XmlRpcResponseParser;
import org.jspecify.annotations.Nullable;
import org.xml.sax.SAXException;

/** XML-RPC with programs of the host, as XAPI speaks it: calls that jxapid writes, and answers that it reads. */
public final class XmlRpcCall {
    /** An answer. */
    public sealed interface Answer {}

    /** A result: a String, an Integer, a Map or another value of XML-RPC. */
    public record Success(@Nullable Object value) implements Answer {}

    /** An error of the XenAPI. */
    public record Failure(String code, List<String> params) implements Answer {}

    /** A fault of XML-RPC. */
    public record Fault(int code, String reason) implements Answer {}

    private XmlRpcCall() {}

    /** The text of a call whose parameters are a session and a map. */
    public static String of(String method, String session, Map<String, String> args) {
        XmlOutput out = new XmlOutput(1024);
        out.markup("<methodCall><methodName>").text(method).markup("</methodName><params><param>");
        XmlRpcValue.text(out, session);
        out.markup("</param><param><value><struct>");
        args.forEach((key, value) -> {
            out.markup("<member><name>").text(key).markup("</name>");
            XmlRpcValue.text(out, value);
            out.markup("</member>");
        });
        return out.markup("</struct></value></param></params></methodCall>").toString();
    }

    /**
     * Reads an answer, with XAPI's {@code Status} and {@code Value} or {@code ErrorDescription}.
     *
     * @throws RpcException when the text is none; the message says why
     */
    public static Answer answer(String text) throws RpcException {
        XmlRpcResponseParser parser =
                new XmlRpcResponseParser(new XmlRpcHttpRequestConfigImpl(), new TypeFactoryImpl(null));
        Object value;
        try {
            CallReader.read(text.getBytes(StandardCharsets.UTF_8), parser);
            if (!parser.isSuccess()) {
                return new Fault(parser.getErrorCode(), String.valueOf(parser.getErrorMessage()));
            }
            value = parser.getResult();
        } catch (SAXException | XmlRpcException | RuntimeException e) {
            throw new RpcException("it is no answer of XML-RPC: " + e.getMessage(), e);
        }
        if (value instanceof Map<?, ?> result) {
            if ("Success".equals(result.get("Status"))) {
                return new Success(result.get("Value"));
            }
            if ("Failure".equals(result.get("Status"))
                    && result.get("ErrorDescription") instanceof Object[] error
                    && error.length > 0) {
                List<String> texts =
                        List.of(error).stream().map(String::valueOf).toList();
                return new Failure(texts.get(0), texts.subList(1, texts.size()));
            }
        }
        throw new RpcException("it has neither a result nor an error of the XenAPI");
    }
}
