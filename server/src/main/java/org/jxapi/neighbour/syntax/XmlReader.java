package org.jxapi.neighbour.syntax;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads XML into elements. It knows no document types and no entities but XML's own. */
public final class XmlReader {
    private static final int DEEPEST = 32;
    private static final int MOST_ELEMENTS = 10_000;

    private final XMLStreamReader in;
    private int elements;

    private XmlReader(XMLStreamReader in) {
        this.in = in;
    }

    /**
     * The root of a document.
     *
     * @throws SyntaxException if it is not well-formed, has a document type, or is too deep or too large
     */
    public static Element read(String text) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try {
            XMLStreamReader in = factory.createXMLStreamReader(new StringReader(text));
            try {
                while (in.next() != XMLStreamConstants.START_ELEMENT) {
                    if (in.getEventType() == XMLStreamConstants.DTD) {
                        throw new SyntaxException(line(in), "a document type is not read; remove the DOCTYPE");
                    }
                }
                Element root = new XmlReader(in).element(1);
                while (in.hasNext()) {
                    in.next();
                }
                return root;
            } finally {
                in.close();
            }
        } catch (XMLStreamException e) {
            int line = e.getLocation() == null ? 1 : Math.max(1, e.getLocation().getLineNumber());
            throw new SyntaxException(line, "the XML is not well-formed: " + reason(e));
        }
    }

    /** The reason without the place, which comes before it. */
    private static String reason(XMLStreamException e) {
        String text = String.valueOf(e.getMessage());
        int message = text.indexOf("Message: ");
        return (message < 0 ? text : text.substring(message + "Message: ".length())).strip();
    }

    private static int line(XMLStreamReader in) {
        return Math.max(1, in.getLocation().getLineNumber());
    }

    private Element element(int depth) throws XMLStreamException {
        int line = line(in);
        if (depth > DEEPEST || ++elements > MOST_ELEMENTS) {
            throw new SyntaxException(
                    line, "there are more than " + MOST_ELEMENTS + " elements, or more than " + DEEPEST + " levels");
        }
        String prefix = in.getPrefix() == null ? "" : in.getPrefix();
        String name = in.getLocalName();
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < in.getAttributeCount(); i++) {
            attributes.put(in.getAttributeLocalName(i), in.getAttributeValue(i));
        }
        StringBuilder text = new StringBuilder();
        List<Element> children = new ArrayList<>();
        while (in.next() != XMLStreamConstants.END_ELEMENT) {
            switch (in.getEventType()) {
                case XMLStreamConstants.START_ELEMENT -> children.add(element(depth + 1));
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(in.getText());
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new SyntaxException(line(in), "the entity " + in.getLocalName() + " is not known");
                default -> {
                    // Comments say nothing.
                }
            }
        }
        return new Element(prefix, name, attributes, text.toString().strip(), List.copyOf(children), line);
    }
}
