package org.jxapi.rpc;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.apache.xmlrpc.common.XmlRpcHttpRequestConfigImpl;
import org.apache.xmlrpc.parser.XmlRpcRequestParser;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Reply;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.XMLReader;

/** XML-RPC: reads calls with Apache XML-RPC's parser, and writes answers as XAPI does. */
public final class XmlRpc {
    private static final String HEAD = "<?xml version=\"1.0\"?><methodResponse><params><param>";
    private static final String TAIL = "</param></params></methodResponse>";
    private static final String SUCCESS =
            "<value><struct><member><name>Status</name><value>Success</value></member><member><name>Value</name>";
    private static final String FAILURE = "<value><struct><member><name>Status</name><value>Failure</value></member>"
            + "<member><name>ErrorDescription</name>";

    private static final ThreadLocal<XMLReader> READERS = ThreadLocal.withInitial(XmlRpc::newReader);

    private XmlRpc() {}

    private static XMLReader newReader() {
        try {
            SAXParserFactory factory = SAXParserFactory.newInstance();
            factory.setNamespaceAware(true);
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            factory.setFeature("http://xml.org/sax/features/external-general-entities", false);
            factory.setFeature("http://xml.org/sax/features/external-parameter-entities", false);
            return factory.newSAXParser().getXMLReader();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("this JDK's XML parser cannot be made safe", e);
        }
    }

    /**
     * Reads a call.
     *
     * @throws RpcException when the body is none
     */
    public static Call.Request parse(byte[] body, Call.Origin origin) throws RpcException {
        XmlRpcRequestParser parser = new XmlRpcRequestParser(new XmlRpcHttpRequestConfigImpl(), new XmlRpcTypes());
        XMLReader reader = READERS.get();
        reader.setContentHandler(new DepthLimit(parser));
        reader.setErrorHandler(null);
        try {
            reader.parse(new InputSource(new ByteArrayInputStream(body)));
        } catch (SAXException | IOException e) {
            throw new RpcException("the body is not an XML-RPC call: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            READERS.remove();
            throw new RpcException("the body is not an XML-RPC call: " + e, e);
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
        StringBuilder out = new StringBuilder(reply instanceof Reply.Success ? 8192 : 512);
        out.append(HEAD);
        if (reply instanceof Reply.Success success) {
            out.append(SUCCESS);
            XmlRpcValue.write(out, success.type(), success.value());
            out.append("</member></struct></value>");
        } else if (reply instanceof Reply.Failure failure) {
            out.append(FAILURE).append("<value><array><data>");
            XmlRpcValue.text(out, failure.code());
            failure.params().forEach(p -> XmlRpcValue.text(out, p));
            out.append("</data></array></value></member></struct></value>");
        } else if (reply instanceof Reply.Methods methods) {
            out.append("<value><array><data>");
            methods.names().forEach(n -> XmlRpcValue.text(out, n));
            out.append("</data></array></value>");
        }
        out.append(TAIL);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }
}
