package org.jxapi.ova;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jxapi.xenapi.Errors;

/** Reads the envelope of a package: its only VM, and the images of the VM's disks. */
final class OvfReader {
    private static final String CPU = "3";
    private static final String MEMORY = "4";
    private static final String NETWORK = "10";
    /** Disk drives; XenCenter writes storage extents. */
    private static final List<String> DISKS = List.of("17", "19", "31");

    /** Items that every VM here has, or whose part something else plays. */
    private static final Map<String, String> OTHERS = Map.of(
            "5", "disks are on the controller of the domain",
            "6", "disks are on the controller of the domain",
            "20", "disks are on the controller of the domain",
            "13", "keyboards and mice are those of the domain",
            "24", "the graphics card is that of the domain");

    private static final int MOST_VCPUS = 64;
    private static final long DEFAULT_MEMORY = 1L << 30;
    private static final String BYTE = "byte";
    private static final String MEGABYTES = "byte*2^20";

    private final OvfElement envelope;
    private final OvaReport report;
    private final Map<String, OvfElement> files;
    private final Map<String, OvfElement> images;

    private OvfReader(OvfElement envelope, OvaReport report) {
        this.envelope = envelope;
        this.report = report;
        this.files = byId(envelope.all("References").flatMap(part -> part.all("File")), "id");
        this.images = byId(envelope.all("DiskSection", "Section").flatMap(part -> part.all("Disk")), "diskId");
    }

    /** IMPORT_ERROR if the envelope is none, or does not have exactly one VM. */
    static OvaMachine read(byte[] document, OvaReport report) {
        OvfElement envelope = OvfElement.parse(document);
        if (!envelope.name().equals("Envelope")) {
            throw Errors.importError("The package begins with <" + envelope.name() + ">, which is no OVF envelope");
        }
        return new OvfReader(envelope, report).machine();
    }

    private static Map<String, OvfElement> byId(Stream<OvfElement> elements, String key) {
        return elements.collect(Collectors.toMap(
                element -> element.attribute(key), Function.identity(), (first, second) -> first, HashMap::new));
    }

    private OvaMachine machine() {
        List<OvfElement> systems = Stream.concat(Stream.of(envelope), envelope.all("VirtualSystemCollection"))
                .flatMap(part -> part.all("VirtualSystem", "Content"))
                .toList();
        if (systems.size() != 1) {
            throw Errors.importError("The package has " + systems.size() + " VMs. Only packages with one are imported");
        }
        OvfElement system = systems.get(0);
        List<OvfElement> hardware =
                system.all("VirtualHardwareSection", "Section").toList();
        String name = Stream.of(
                        system.text("Name"),
                        ofSystem(hardware, "VirtualSystemIdentifier"),
                        system.attribute("id"),
                        "Imported VM")
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseThrow();
        report.taken("name", name);
        XenCenterSettings settings = XenCenterSettings.of(hardware, report);
        List<OvfElement> items = hardware.stream()
                .flatMap(part -> part.all("Item", "StorageItem", "EthernetPortItem"))
                .filter(this::configured)
                .toList();
        others(system, items);
        int vcpus = vcpus(items);
        return new OvaMachine(
                name,
                system.all("AnnotationSection")
                        .map(part -> part.text("Annotation"))
                        .findFirst()
                        .orElse(ofSystem(hardware, "Description")),
                vcpus,
                cores(items, vcpus),
                memory(items),
                uefi(hardware, settings),
                settings.bootOrder(),
                settings.platform(),
                disks(items),
                nics(items));
    }

    private static String ofSystem(List<OvfElement> hardware, String text) {
        return hardware.stream()
                .flatMap(part -> part.first("System").stream())
                .map(part -> part.text(text))
                .findFirst()
                .orElse("");
    }

    /** Items of other configurations than the default one are variants of the package. */
    private boolean configured(OvfElement item) {
        String configuration = item.attribute("configuration");
        String usual = envelope.all("DeploymentOptionSection")
                .flatMap(part -> part.all("Configuration"))
                .sorted(Comparator.comparing(
                        option -> option.attribute("default").equals("true") ? 0 : 1))
                .map(option -> option.attribute("id"))
                .findFirst()
                .orElse("");
        return configuration.isEmpty()
                || usual.isEmpty()
                || List.of(configuration.split("\\s+")).contains(usual);
    }

    private void others(OvfElement system, List<OvfElement> items) {
        for (OvfElement item : items) {
            String type = item.text("ResourceType");
            if (List.of(CPU, MEMORY, NETWORK).contains(type) || DISKS.contains(type)) {
                continue;
            }
            if (OTHERS.containsKey(type)) {
                report.translated(name(item), OTHERS.get(type));
            } else if (type.equals("15") || type.equals("16")) {
                report.leftOut(name(item), "the VM has no drive; xe vm-cd-add adds one");
            } else {
                report.leftOut(name(item), "VMs here have no device of type " + type);
            }
        }
        Stream.concat(envelope.children().stream(), system.children().stream())
                .map(OvfElement::name)
                .filter(part -> part.endsWith("Section"))
                .filter(part -> !List.of(
                                "DiskSection",
                                "NetworkSection",
                                "VirtualHardwareSection",
                                "AnnotationSection",
                                "DeploymentOptionSection")
                        .contains(part))
                .distinct()
                .forEach(part -> report.leftOut(part, "nothing here corresponds to it"));
    }

    private static String name(OvfElement item) {
        return Stream.of(item.text("ElementName"), item.text("Caption"), "item " + item.text("InstanceID"))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElseThrow();
    }

    private static Stream<OvfElement> ofType(List<OvfElement> items, String type) {
        return items.stream().filter(item -> item.text("ResourceType").equals(type));
    }

    private int vcpus(List<OvfElement> items) {
        String number = ofType(items, CPU)
                .map(item -> item.text("VirtualQuantity"))
                .findFirst()
                .orElse("");
        if (!number.matches("[1-9]\\d{0,2}")) {
            report.translated("CPUs", "1, because the package gives no number");
            return 1;
        }
        int vcpus = Math.min(MOST_VCPUS, Integer.parseInt(number));
        if (vcpus < Integer.parseInt(number)) {
            report.translated("CPUs", vcpus + " instead of " + number);
        } else {
            report.taken("CPUs", number);
        }
        return vcpus;
    }

    private static int cores(List<OvfElement> items, int vcpus) {
        String cores = ofType(items, CPU)
                .map(item -> item.text("CoresPerSocket"))
                .findFirst()
                .orElse("");
        int number = cores.matches("[1-9]\\d?") ? Integer.parseInt(cores) : 0;
        return number > 0 && vcpus % number == 0 ? number : 0;
    }

    private long memory(List<OvfElement> items) {
        OptionalLong bytes = ofType(items, MEMORY)
                .map(item -> OvfUnits.bytes(item.text("VirtualQuantity"), item.text("AllocationUnits"), MEGABYTES))
                .findFirst()
                .orElse(OptionalLong.empty());
        if (bytes.isEmpty()) {
            report.translated("memory", "1 GiB, because the package gives no amount");
            return DEFAULT_MEMORY;
        }
        report.taken("memory", (bytes.getAsLong() >> 20) + " MiB");
        return bytes.getAsLong();
    }

    /** VMware and XenCenter write the firmware as a setting, VirtualBox as an element of its own. */
    private boolean uefi(List<OvfElement> hardware, XenCenterSettings settings) {
        boolean uefi = settings.uefi()
                || hardware.stream()
                        .flatMap(part -> part.all("Config", "ExtraConfig"))
                        .anyMatch(config -> config.attribute("key").equals("firmware")
                                && config.attribute("value").equals("efi"))
                || envelopeHasUefi(envelope);
        report.taken("firmware", uefi ? "UEFI" : "BIOS");
        return uefi;
    }

    private static boolean envelopeHasUefi(OvfElement element) {
        return element.name().equals("Firmware") && element.attribute("type").startsWith("EFI")
                || element.children().stream().anyMatch(OvfReader::envelopeHasUefi);
    }

    /** The disks, by their controllers and places there. */
    private List<OvaMachine.Disk> disks(List<OvfElement> items) {
        List<String> controllers =
                items.stream().map(item -> item.text("InstanceID")).toList();
        return items.stream()
                .filter(item -> DISKS.contains(item.text("ResourceType")))
                .sorted(Comparator.<OvfElement>comparingInt(item -> controllers.indexOf(item.text("Parent")))
                        .thenComparingInt(item -> place(item.text("AddressOnParent"))))
                .map(this::disk)
                .toList();
    }

    private static int place(String text) {
        return text.matches("\\d{1,5}") ? Integer.parseInt(text) : Integer.MAX_VALUE;
    }

    private OvaMachine.Disk disk(OvfElement item) {
        String name = name(item);
        String resource = item.text("HostResource");
        String id = resource.substring(resource.lastIndexOf('/') + 1);
        OvfElement image = images.get(id);
        OvfElement file = resource.contains("file/")
                ? files.get(id)
                : image == null ? null : files.get(image.attribute("fileRef"));
        if (image == null && file == null) {
            throw Errors.importError("The disk " + name + " names " + resource + ", which the package does not have");
        }
        if (image != null && !image.attribute("parentRef").isEmpty()) {
            throw Errors.importError("The disk " + name + " holds only what differs from another one");
        }
        long bytes = image == null
                ? 0
                : OvfUnits.bytes(image.attribute("capacity"), image.attribute("capacityAllocationUnits"), BYTE)
                        .orElse(0);
        if (file == null) {
            if (bytes == 0) {
                throw Errors.importError("The disk " + name + " has neither an image nor a size");
            }
            return new OvaMachine.Disk(name, "", false, bytes);
        }
        if (!file.attribute("chunkSize").isEmpty()) {
            throw Errors.importError("The image of the disk " + name + " is in pieces. Join them first");
        }
        String compression = file.attribute("compression");
        if (!List.of("", "identity", "gzip").contains(compression)) {
            throw Errors.importError("The compression of the disk " + name + " is unknown: " + compression);
        }
        String href = file.attribute("href");
        if (href.isEmpty() || href.contains("/") || href.startsWith(".")) {
            throw Errors.importError("The image of the disk " + name + " is not in the package: " + href);
        }
        return new OvaMachine.Disk(name, href, compression.equals("gzip"), bytes);
    }

    private List<OvaMachine.Nic> nics(List<OvfElement> items) {
        List<OvaMachine.Nic> nics = new ArrayList<>();
        ofType(items, NETWORK).forEach(item -> {
            String mac = item.text("Address").matches("(?i)[0-9a-f]{2}(:[0-9a-f]{2}){5}") ? item.text("Address") : "";
            nics.add(new OvaMachine.Nic(name(item), item.text("Connection"), mac));
        });
        return nics;
    }
}
