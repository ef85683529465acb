package org.jxapi.transfer;

import com.ctc.wstx.api.WstxInputProperties;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.message.Messages;
import org.jxapi.xenapi.Message;
import org.jxapi.xml.SafeXml;

/**
 * Reads messages from the XML in which XAPI sends them to another pool: a document for each, one after the other. It allocates
 * no more than the text has.
 */
final class MessageReader {
    private static final Set<String> PARTS =
            Set.of("ref", "name", "priority", "cls", "obj_uuid", "timestamp", "uuid", "body", "generation");

    private static final XMLInputFactory FACTORY = factory();

    private MessageReader() {}

    /** A message and its reference in the other pool. */
    record Sent(Ref<Message> ref, Row<Message> row) {}

    private static XMLInputFactory factory() {
        XMLInputFactory factory = SafeXml.factory();
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        factory.setProperty(WstxInputProperties.P_INPUT_PARSING_MODE, WstxInputProperties.PARSING_MODE_DOCUMENTS);
        return factory;
    }

    /** IllegalArgumentException with the reason if this is something else. */
    static List<Sent> read(byte[] text) {
        List<Sent> all = new ArrayList<>();
        if (text.length == 0) {
            return all;
        }
        try {
            XMLStreamReader xml = FACTORY.createXMLStreamReader(new ByteArrayInputStream(text));
            while (xml.hasNext()) {
                if (xml.next() == XMLStreamConstants.START_ELEMENT) {
                    if (!xml.getLocalName().equals("message")) {
                        throw new IllegalArgumentException("an element is " + xml.getLocalName() + ", not message");
                    }
                    all.add(message(parts(xml)));
                }
            }
            return all;
        } catch (XMLStreamException e) {
            throw new IllegalArgumentException("the XML cannot be read: " + e.getMessage(), e);
        }
    }

    private static Map<String, String> parts(XMLStreamReader xml) throws XMLStreamException {
        Map<String, String> parts = new HashMap<>();
        while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
            String name = xml.getLocalName();
            if (!PARTS.contains(name)) {
                throw new IllegalArgumentException("a message has the part " + name);
            }
            parts.put(name, xml.getElementText());
        }
        return parts;
    }

    private static Sent message(Map<String, String> parts) {
        String ref = parts.getOrDefault("ref", "");
        if (!ref.matches("OpaqueRef:[0-9A-Za-z-]{1,64}")) {
            throw new IllegalArgumentException("a message has no reference");
        }
        Row<Message> row = Row.of(Message.XEN_CLASS)
                .with(
                        Message.UUID,
                        UUID.fromString(parts.getOrDefault("uuid", "")).toString())
                .with(Message.NAME, parts.getOrDefault("name", ""))
                .with(Message.PRIORITY, Long.valueOf(parts.getOrDefault("priority", "0")))
                .with(
                        Message.CLS,
                        Messages.cls(parts.getOrDefault("cls", ""))
                                .orElseThrow(() -> new IllegalArgumentException("a message has no class")))
                .with(Message.OBJ_UUID, parts.getOrDefault("obj_uuid", ""))
                .with(Message.TIMESTAMP, time(parts.getOrDefault("timestamp", "")))
                .with(Message.BODY, parts.getOrDefault("body", ""));
        return new Sent(Message.XEN_CLASS.ref(ref), row);
    }

    /** A zone that there is not would be found only by those who compare the time later. */
    private static XenTime time(String text) {
        return XenTime.of(XenTime.parse(text).instant());
    }
}
