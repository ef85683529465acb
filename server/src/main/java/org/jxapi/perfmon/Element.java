package org.jxapi.perfmon;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jxapi.xml.SafeXml;

/** An element of XML without its text, which perfmon's settings do not use. */
record Element(String name, Map<String, String> attributes, List<Element> children) {
    private static final int DEEPEST = 32;
    private static final XMLInputFactory FACTORY = SafeXml.factory();

    /** Reads a document. */
    static Element parse(String xml) throws WrongConfigException {
        try {
            XMLStreamReader reader = FACTORY.createXMLStreamReader(new StringReader(xml));
            reader.nextTag();
            Element root = read(reader, DEEPEST);
            while (reader.hasNext()) {
                reader.next();
            }
            return root;
        } catch (XMLStreamException | RuntimeException e) {
            throw new WrongConfigException("it is not valid XML: " + e.getMessage());
        }
    }

    private static Element read(XMLStreamReader reader, int depth) throws XMLStreamException {
        if (depth == 0) {
            throw new XMLStreamException("its elements are nested too deep");
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
        }
        Element element = new Element(reader.getLocalName(), attributes, new ArrayList<>());
        for (int next = reader.next(); next != XMLStreamConstants.END_ELEMENT; next = reader.next()) {
            if (next == XMLStreamConstants.START_ELEMENT) {
                element.children.add(read(reader, depth - 1));
            }
        }
        return element;
    }

    /** All elements of that name below this one. */
    List<Element> all(String wanted) {
        List<Element> found = new ArrayList<>();
        for (Element child : children) {
            if (child.name.equals(wanted)) {
                found.add(child);
            }
            found.addAll(child.all(wanted));
        }
        return found;
    }

    /** The attribute {@code value} of the first element of that name below this one. */
    Optional<String> value(String wanted) {
        return all(wanted).stream().findFirst().map(element -> element.attributes.getOrDefault("value", ""));
    }

    /** The same element with another value of a child, and one more child. */
    Element with(String child, String value, Element more) {
        List<Element> changed = new ArrayList<>();
        for (Element one : children) {
            if (one.name.equals(child)) {
                Map<String, String> attributes = new LinkedHashMap<>(one.attributes);
                attributes.put("value", value);
                changed.add(new Element(child, attributes, one.children));
            } else {
                changed.add(one);
            }
        }
        changed.add(more);
        return new Element(name, attributes, changed);
    }

    /** The element in lines, indented by tabs, as Python's minidom prints it. */
    String pretty() {
        StringBuilder out = new StringBuilder();
        write(out, "");
        return out.toString();
    }

    private void write(StringBuilder out, String indent) {
        out.append(indent).append('<').append(name);
        attributes.forEach((key, value) ->
                out.append(' ').append(key).append("=\"").append(escaped(value)).append('"'));
        if (children.isEmpty()) {
            out.append("/>\n");
            return;
        }
        out.append(">\n");
        children.forEach(child -> child.write(out, indent + "\t"));
        out.append(indent).append("</").append(name).append(">\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace("\"", "&quot;")
                .replace(">", "&gt;");
    }
}
