package org.jxapi.rpc;

import java.util.LinkedHashMap;
import java.util.Map;
import javax.xml.namespace.QName;
import org.apache.ws.commons.util.NamespaceContextImpl;
import org.apache.xmlrpc.common.TypeFactoryImpl;
import org.apache.xmlrpc.common.XmlRpcStreamConfig;
import org.apache.xmlrpc.parser.AtomicParser;
import org.apache.xmlrpc.parser.NullParser;
import org.apache.xmlrpc.parser.RecursiveTypeParserImpl;
import org.apache.xmlrpc.parser.TypeParser;
import org.jspecify.annotations.Nullable;
import org.jxapi.dispatch.Untyped;
import org.xml.sax.Attributes;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** The XML-RPC types that XAPI takes, parsed to String, Long, Double, Boolean, Untyped.DateTime, Object[] and Map. */
final class XmlRpcTypes extends TypeFactoryImpl {
    XmlRpcTypes() {
        super(null);
    }

    @Override
    public @Nullable TypeParser getParser(
            XmlRpcStreamConfig config, NamespaceContextImpl context, String uri, String localName) {
        return switch (localName) {
            case "int", "i4", "i8" ->
                new Atom() {
                    @Override
                    Object parse(String text) {
                        return Long.valueOf(text.strip());
                    }
                };
            case "double" ->
                new Atom() {
                    @Override
                    Object parse(String text) {
                        return Double.valueOf(
                                text.strip().replace("inf", "Infinity").replace("nan", "NaN"));
                    }
                };
            case "boolean" ->
                new Atom() {
                    @Override
                    Object parse(String text) {
                        return text.equals("1");
                    }
                };
            case "dateTime.iso8601" ->
                new Atom() {
                    @Override
                    Object parse(String text) {
                        return new Untyped.DateTime(text);
                    }
                };
            case "base64" ->
                new Atom() {
                    @Override
                    Object parse(String text) {
                        return new Untyped.Base64(text);
                    }
                };
            case "nil" -> new NullParser();
            case "struct" -> new Struct(config, context);
            case "string", "array" -> super.getParser(config, context, "", localName);
            default -> null;
        };
    }

    /** An element that holds one plain value. */
    private abstract static class Atom extends AtomicParser {
        abstract Object parse(String text);

        @Override
        protected void setResult(String text) throws SAXException {
            try {
                super.setResult(parse(text));
            } catch (IllegalArgumentException e) {
                throw new SAXParseException("not a value: " + text, getDocumentLocator());
            }
        }
    }

    /** A struct whose members keep their order. */
    private final class Struct extends RecursiveTypeParserImpl {
        private final Map<Object, Object> members = new LinkedHashMap<>();
        private final StringBuilder name = new StringBuilder();
        private int level;
        private boolean inName;
        private boolean inValue;

        Struct(XmlRpcStreamConfig config, NamespaceContextImpl context) {
            super(config, context, XmlRpcTypes.this);
        }

        @Override
        protected void addResult(Object value) {
            members.put(name.toString(), value);
        }

        @Override
        public void startDocument() throws SAXException {
            super.startDocument();
            members.clear();
            level = 0;
        }

        @Override
        public void characters(char[] chars, int offset, int length) throws SAXException {
            if (inName && !inValue) {
                name.append(chars, offset, length);
            } else {
                super.characters(chars, offset, length);
            }
        }

        @Override
        public void ignorableWhitespace(char[] chars, int offset, int length) throws SAXException {
            characters(chars, offset, length);
        }

        @Override
        public void startElement(String uri, String localName, String qName, Attributes attrs) throws SAXException {
            int at = level++;
            if (at == 0 && localName.equals("struct")) {
                return;
            }
            if (at == 1 && localName.equals("member")) {
                name.setLength(0);
            } else if (at == 2 && localName.equals("name")) {
                inName = true;
            } else if (at == 2 && localName.equals("value")) {
                inValue = true;
                startValueTag();
            } else if (at > 2 && inValue) {
                super.startElement(uri, localName, qName, attrs);
            } else {
                throw new SAXParseException(
                        "unexpected element in a struct: " + new QName(uri, localName), getDocumentLocator());
            }
        }

        @Override
        public void endElement(String uri, String localName, String qName) throws SAXException {
            int at = --level;
            if (at == 0) {
                setResult(members);
            } else if (at == 2 && inName) {
                inName = false;
            } else if (at == 2) {
                endValueTag();
                inValue = false;
            } else if (at > 2) {
                super.endElement(uri, localName, qName);
            }
        }
    }
}
