package org.jxapi.ova;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jxapi.xenapi.Errors;
import org.jxapi.xml.SafeXml;

/**
 * An element of an OVF envelope. Names are without their namespaces, which differ between versions of OVF and between
 * the programs that write it.
 */
record OvfElement(String name, Map<String, String> attributes, List<OvfElement> children, StringBuilder content) {
    private static final int DEEPEST = 64;
    private static final XMLInputFactory FACTORY = SafeXml.factory();

    /** Reads a document, whose size the caller has limited. IMPORT_ERROR if it is not XML. */
    static OvfElement parse(byte[] document) {
        try {
            return parse(FACTORY.createXMLStreamReader(new ByteArrayInputStream(document)));
        } catch (XMLStreamException e) {
            throw Errors.importError("The OVF envelope is no XML: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private static OvfElement parse(XMLStreamReader in) throws XMLStreamException {
        OvfElement top = element("", Map.of());
        Deque<OvfElement> open = new ArrayDeque<>(List.of(top));
        while (in.hasNext()) {
            switch (in.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    if (open.size() > DEEPEST) {
                        throw Errors.importError("The OVF envelope has more than " + DEEPEST + " levels");
                    }
                    OvfElement next = element(in.getLocalName(), attributes(in));
                    open.element().children.add(next);
                    open.push(next);
                }
                case XMLStreamConstants.END_ELEMENT -> open.pop();
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA ->
                    open.element().content.append(in.getText());
                case XMLStreamConstants.DTD, XMLStreamConstants.ENTITY_REFERENCE ->
                    throw Errors.importError("The OVF envelope has a document type or entities, which are not read");
                default -> {
                    // Comments and the like mean nothing.
                }
            }
        }
        return top.children.get(0);
    }

    private static OvfElement element(String name, Map<String, String> attributes) {
        return new OvfElement(name, attributes, new ArrayList<>(), new StringBuilder());
    }

    private static Map<String, String> attributes(XMLStreamReader in) {
        Map<String, String> attributes = new LinkedHashMap<>();
        for (int i = 0; i < in.getAttributeCount(); i++) {
            attributes.put(in.getAttributeLocalName(i), in.getAttributeValue(i));
        }
        return attributes;
    }

    /** The value of an attribute; empty text if it is not there. */
    String attribute(String attribute) {
        return attributes.getOrDefault(attribute, "");
    }

    /** The children of one of these names. */
    Stream<OvfElement> all(String... names) {
        return children.stream().filter(child -> List.of(names).contains(child.name));
    }

    Optional<OvfElement> first(String child) {
        return all(child).findFirst();
    }

    /** The text of a child; empty text if it is not there. */
    String text(String child) {
        return first(child).map(element -> element.content.toString().strip()).orElse("");
    }
}
