package org.jxapi.ova;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes the envelope of a package, in version 1 of OVF. */
final class OvfWriter {
    private static final String OVF = "http://schemas.dmtf.org/ovf/envelope/1";
    private static final String CIM = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
    private static final String RASD = CIM + "CIM_ResourceAllocationSettingData";
    private static final String VSSD = CIM + "CIM_VirtualSystemSettingData";
    private static final String VMW = "http://www.vmware.com/schema/ovf";
    private static final String FORMAT = "http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized";
    private static final int CONTROLLER = 3;
    private static final int FIRST_DISK = 10;
    private static final int FIRST_NIC = 300;
    /** The place of a SCSI controller's own address. */
    private static final int RESERVED = 7;

    private final XMLStreamWriter out;

    private OvfWriter(XMLStreamWriter out) {
        this.out = out;
    }

    /**
     * The envelope.
     *
     * @param sizes the sizes of the disks' images, in the order of the disks
     */
    static byte[] write(OvaMachine machine, List<Long> sizes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            XMLStreamWriter out = XMLOutputFactory.newFactory().createXMLStreamWriter(bytes, "UTF-8");
            new OvfWriter(out).envelope(machine, sizes);
            out.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException(e);
        }
        return bytes.toByteArray();
    }

    private void envelope(OvaMachine machine, List<Long> sizes) throws XMLStreamException {
        out.writeStartDocument("UTF-8", "1.0");
        out.writeStartElement("Envelope");
        out.writeDefaultNamespace(OVF);
        out.writeNamespace("ovf", OVF);
        out.writeNamespace("rasd", RASD);
        out.writeNamespace("vssd", VSSD);
        out.writeNamespace("vmw", VMW);
        references(machine, sizes);
        disks(machine);
        section("NetworkSection", "The networks of the VM");
        for (String network :
                machine.nics().stream().map(OvaMachine.Nic::network).distinct().toList()) {
            out.writeStartElement("Network");
            attribute("name", network);
            out.writeEndElement();
        }
        out.writeEndElement();
        system(machine);
        out.writeEndElement();
        out.writeEndDocument();
    }

    private void references(OvaMachine machine, List<Long> sizes) throws XMLStreamException {
        out.writeStartElement("References");
        for (int i = 0; i < sizes.size(); i++) {
            out.writeEmptyElement("File");
            attribute("id", "file" + i);
            attribute("href", machine.disks().get(i).file());
            attribute("size", Long.toString(sizes.get(i)));
        }
        out.writeEndElement();
    }

    private void disks(OvaMachine machine) throws XMLStreamException {
        section("DiskSection", "The disks of the VM");
        for (int i = 0; i < machine.disks().size(); i++) {
            out.writeEmptyElement("Disk");
            attribute("diskId", "disk" + i);
            attribute("fileRef", "file" + i);
            attribute("capacity", Long.toString(machine.disks().get(i).bytes()));
            attribute("capacityAllocationUnits", "byte");
            attribute("format", FORMAT);
        }
        out.writeEndElement();
    }

    private void system(OvaMachine machine) throws XMLStreamException {
        out.writeStartElement("VirtualSystem");
        attribute("id", machine.name());
        text("Info", "A virtual machine");
        text("Name", machine.name());
        out.writeStartElement("OperatingSystemSection");
        // In CIM: another operating system with 64 bits.
        attribute("id", "102");
        text("Info", "The guest's operating system");
        out.writeEndElement();
        if (!machine.description().isEmpty()) {
            section("AnnotationSection", "A description");
            text("Annotation", machine.description());
            out.writeEndElement();
        }
        section("VirtualHardwareSection", "The hardware of the VM");
        out.writeStartElement("System");
        element("vssd", VSSD, "ElementName", "Virtual Hardware Family");
        element("vssd", VSSD, "InstanceID", "0");
        element("vssd", VSSD, "VirtualSystemIdentifier", machine.name());
        element("vssd", VSSD, "VirtualSystemType", "vmx-13");
        out.writeEndElement();
        items(machine);
        if (machine.uefi()) {
            out.writeEmptyElement("vmw", "Config", VMW);
            attribute("required", "false");
            out.writeAttribute("vmw", VMW, "key", "firmware");
            out.writeAttribute("vmw", VMW, "value", "efi");
        }
        out.writeEndElement();
        out.writeEndElement();
    }

    private void items(OvaMachine machine) throws XMLStreamException {
        String vcpus = Integer.toString(machine.vcpus());
        item(1, "3", Map.of("ElementName", vcpus + " virtual CPUs", "VirtualQuantity", vcpus));
        long mib = machine.memory() >> 20;
        item(
                2,
                "4",
                Map.of(
                        "ElementName",
                        mib + " MB of memory",
                        "VirtualQuantity",
                        Long.toString(mib),
                        "AllocationUnits",
                        "byte * 2^20"));
        item(
                CONTROLLER,
                "6",
                Map.of("ElementName", "SCSI Controller 0", "Address", "0", "ResourceSubType", "lsilogic"));
        for (int i = 0; i < machine.disks().size(); i++) {
            item(
                    FIRST_DISK + i,
                    "17",
                    Map.of(
                            "ElementName", machine.disks().get(i).name(),
                            "AddressOnParent", Integer.toString(i < RESERVED ? i : i + 1),
                            "HostResource", "ovf:/disk/disk" + i,
                            "Parent", Integer.toString(CONTROLLER)));
        }
        for (int i = 0; i < machine.nics().size(); i++) {
            OvaMachine.Nic nic = machine.nics().get(i);
            item(
                    FIRST_NIC + i,
                    "10",
                    Map.of(
                            "ElementName", nic.name(),
                            "Address", nic.mac(),
                            "AddressOnParent", Integer.toString(i),
                            "AutomaticAllocation", "true",
                            "Connection", nic.network(),
                            "ResourceSubType", "E1000"));
        }
    }

    /** An item, whose elements have an alphabetical order. */
    private void item(int id, String type, Map<String, String> elements) throws XMLStreamException {
        Map<String, String> all = new TreeMap<>(elements);
        all.put("InstanceID", Integer.toString(id));
        all.put("ResourceType", type);
        out.writeStartElement("Item");
        for (Map.Entry<String, String> element : all.entrySet()) {
            element("rasd", RASD, element.getKey(), element.getValue());
        }
        out.writeEndElement();
    }

    private void section(String name, String info) throws XMLStreamException {
        out.writeStartElement(name);
        text("Info", info);
    }

    private void attribute(String name, String value) throws XMLStreamException {
        out.writeAttribute("ovf", OVF, name, value);
    }

    private void text(String name, String text) throws XMLStreamException {
        out.writeStartElement(name);
        out.writeCharacters(text);
        out.writeEndElement();
    }

    private void element(String prefix, String namespace, String name, String text) throws XMLStreamException {
        out.writeStartElement(prefix, name, namespace);
        out.writeCharacters(text);
        out.writeEndElement();
    }
}
