package org.jxapi.rpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.xmlrpc.common.XmlRpcHttpRequestConfigImpl;
import org.apache.xmlrpc.parser.XmlRpcRequestParser;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.xml.sax.SAXException;

/** XML-RPC: reads calls with Apache XML-RPC's parser, and writes answers as XAPI does. */
public final class XmlRpc {
    private static final String HEAD = "<?xml version=\"1.0\"?><methodResponse><params><param>";
    private static final String TAIL = "</param></params></methodResponse>";
    private static final String SUCCESS =
            "<value><struct><member><name>Status</name><value>Success</value></member><member><name>Value</name>";
    private static final String FAILURE = "<value><struct><member><name>Status</name><value>Failure</value></member>"
            + "<member><name>ErrorDescription</name>";

    private static final byte[] BEFORE_VALUE =
            "<methodCall><methodName>value</methodName><params><param>".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] AFTER_VALUE = "</param></params></methodCall>".getBytes(StandardCharsets.US_ASCII);

    /** One a thread: new memory for each answer costs more than to fill it. */
    private static final ThreadLocal<XmlOutput> OUTPUTS = ThreadLocal.withInitial(() -> new XmlOutput(16 * 1024));

    private XmlRpc() {}

    /**
     * Reads a call.
     *
     * @throws RpcException when the body is none
     */
    public static Call.Request parse(byte[] body, Call.Origin origin) throws RpcException {
        XmlRpcRequestParser parser = new XmlRpcRequestParser(new XmlRpcHttpRequestConfigImpl(), new XmlRpcTypes());
        try {
            CallReader.read(body, parser);
        } catch (SAXException | RuntimeException e) {
            throw new RpcException("the body is not an XML-RPC call: " + e.getMessage(), e);
        }
        if (parser.getMethodName() == null) {
            throw new RpcException("the body names no method");
        }
        List<Object> params = new ArrayList<>();
        if (parser.getParams() != null) {
            for (Object param : parser.getParams()) {
                params.add(plain(param));
            }
        }
        return new Call.Request(parser.getMethodName().strip(), params, origin);
    }

    /** Reads a value by itself, such as {@link XmlRpcValue} writes; untyped, as a parameter of a call. */
    public static Object parseValue(byte[] xml, int begin) throws RpcException {
        ByteBuffer call = ByteBuffer.allocate(BEFORE_VALUE.length + xml.length - begin + AFTER_VALUE.length);
        call.put(BEFORE_VALUE).put(xml, begin, xml.length - begin).put(AFTER_VALUE);
        List<Object> params = parse(call.array(), Call.Origin.INTERNAL).params();
        if (params.size() != 1) {
            throw new RpcException("one value was expected, but there are " + params.size());
        }
        return params.get(0);
    }

    /** Arrays as lists, all the way down. */
    private static Object plain(Object value) {
        if (value instanceof Object[] array) {
            List<Object> list = new ArrayList<>(array.length);
            for (Object member : array) {
                list.add(plain(member));
            }
            return list;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> copy = new java.util.LinkedHashMap<>();
            map.forEach((k, v) -> copy.put(k, plain(v)));
            return copy;
        }
        return value;
    }

    /** The body of an answer. */
    public static byte[] write(Reply reply) {
        XmlOutput out = OUTPUTS.get();
        out.markup(HEAD);
        if (reply instanceof Reply.Success success) {
            out.markup(SUCCESS);
            XmlRpcValue.write(out, success.type(), success.value());
            out.markup("</member></struct></value>");
        } else if (reply instanceof Reply.Failure failure) {
            out.markup(FAILURE).markup("<value><array><data>");
            XmlRpcValue.text(out, failure.code());
            failure.params().forEach(p -> XmlRpcValue.text(out, p));
            out.markup("</data></array></value></member></struct></value>");
        } else if (reply instanceof Reply.Methods methods) {
            out.markup("<value><array><data>");
            methods.names().forEach(n -> XmlRpcValue.text(out, n));
            out.markup("</data></array></value>");
        }
        out.markup(TAIL);
        return out.take();
    }
}
