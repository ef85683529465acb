package org.jxapi.rpc;

import java.io.ByteArrayInputStream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jxapi.xml.SafeXml;
import org.xml.sax.ContentHandler;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.AttributesImpl;

/** Reads the XML of a call with Woodstox, and passes its elements and texts to a SAX handler. */
final class CallReader {
    /** Apache XML-RPC's parser recurses; no XenAPI value is nested as deep. */
    private static final int MAX_DEPTH = 128;

    private static final AttributesImpl NO_ATTRIBUTES = new AttributesImpl();
    private static final XMLInputFactory FACTORY = SafeXml.factory();

    private CallReader() {}

    /** Reads all of a body; SAXException when it is no XML, has a DTD, or is nested too deep. */
    static void read(byte[] body, ContentHandler handler) throws SAXException {
        try {
            XMLStreamReader reader = FACTORY.createXMLStreamReader(new ByteArrayInputStream(body));
            handler.startDocument();
            int depth = 0;
            do {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        if (++depth > MAX_DEPTH) {
                            throw new SAXException("elements nested deeper than " + MAX_DEPTH);
                        }
                        handler.startElement(uri(reader), reader.getLocalName(), name(reader), NO_ATTRIBUTES);
                    }
                    case XMLStreamConstants.END_ELEMENT -> {
                        handler.endElement(uri(reader), reader.getLocalName(), name(reader));
                        depth--;
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE -> {
                        if (depth > 0) {
                            handler.characters(
                                    reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
                        }
                    }
                    case XMLStreamConstants.DTD -> throw new SAXException("a DTD is not allowed");
                    case XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new SAXException("the entity \"" + reader.getLocalName() + "\" is not known");
                    default -> {}
                }
            } while (reader.hasNext());
            handler.endDocument();
            // Gives its buffers back.
            reader.close();
        } catch (XMLStreamException e) {
            throw new SAXException(e.getMessage(), e);
        }
    }

    private static String uri(XMLStreamReader reader) {
        String uri = reader.getNamespaceURI();
        return uri == null ? "" : uri;
    }

    private static String name(XMLStreamReader reader) {
        String prefix = reader.getPrefix();
        return prefix == null || prefix.isEmpty() ? reader.getLocalName() : prefix + ":" + reader.getLocalName();
    }
}
