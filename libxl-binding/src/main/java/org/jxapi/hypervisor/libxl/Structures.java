package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jxapi.hypervisor.ChannelConfig;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.UsbDeviceConfig;

/** libxl's JSON of whole structures: {@link RecordJson}, and what is not regular in {@code libxl_types.idl}. */
final class Structures {
    private static final List<String> TYPES = List.of("hvm", "pv", "pvh");
    private static final int GENID_BYTES = 16;

    /** Settings that programs may still give for a type of domain, as libvirt does, and libxl keeps so until the next start. */
    private static final Set<String> OF_ANY_TYPE = Set.of(
            "kernel",
            "ramdisk",
            "cmdline",
            "bootloader",
            "bootloader_args",
            "apic",
            "acpi",
            "nested_hvm",
            "timer_mode");

    private Structures() {}

    /** Returns the JSON of a configuration; {@code cpuid} is left out, as {@link CpuidPolicy} sets it. */
    static ObjectNode write(DomainConfig config) {
        ObjectNode json = RecordJson.write(config);
        ObjectNode build = (ObjectNode) json.get("b_info");
        build.remove("cpuid");
        String type = config.cInfo().type().name().toLowerCase(Locale.ROOT);
        for (String other : TYPES) {
            JsonNode part = build.remove(other);
            if (other.equals(type)) {
                build.set("type." + type, part == null ? build.objectNode() : part);
            }
        }
        if (config.cInfo().type() == DomainKind.HVM) {
            writeHvm((ObjectNode) build.get("type.hvm"));
        }
        // libxl's own default is virtual CPU 0 alone
        if (config.bInfo().availVcpus() == null && config.bInfo().maxVcpus() != null) {
            ArrayNode all = build.putArray("avail_vcpus");
            for (int i = 0; i < config.bInfo().maxVcpus(); i++) {
                all.add(i);
            }
        }
        devices(json, "disks", Structures::writeDisk);
        devices(json, "channels", Structures::writeChannel);
        devices(json, "usbdevs", Structures::writeUsbDevice);
        return json;
    }

    static DomainConfig readConfig(ObjectNode json) {
        ObjectNode build = (ObjectNode) json.get("b_info");
        for (String type : TYPES) {
            JsonNode part = build.remove("type." + type);
            if (part instanceof ObjectNode own) {
                OF_ANY_TYPE.stream().filter(own::has).forEach(key -> {
                    JsonNode value = own.remove(key);
                    if (!build.has(key)) {
                        build.set(key, value);
                    }
                });
                build.set(type, own);
            }
        }
        if (build.get("hvm") instanceof ObjectNode hvm) {
            readHvm(hvm);
        }
        ArrayNode cpuid = build.arrayNode();
        CpuidPolicy.texts(build.get("cpuid")).forEach(cpuid::add);
        build.set("cpuid", cpuid);
        if (!json.path("c_info").has("uuid")) {
            ((ObjectNode) json.get("c_info")).put("uuid", new UUID(0, 0).toString());
        }
        devices(json, "channels", Structures::readChannel);
        devices(json, "usbdevs", Structures::readUsbDevice);
        return RecordJson.read(json, DomainConfig.class);
    }

    static ObjectNode write(Device device) {
        ObjectNode json = RecordJson.write((Record) device);
        if (device instanceof DiskConfig) {
            writeDisk(json);
        } else if (device instanceof ChannelConfig) {
            writeChannel(json);
        } else if (device instanceof UsbDeviceConfig) {
            writeUsbDevice(json);
        }
        return json;
    }

    static <D extends Device> D readDevice(ObjectNode json, Class<D> kind) {
        if (kind == ChannelConfig.class) {
            readChannel(json);
        } else if (kind == UsbDeviceConfig.class) {
            readUsbDevice(json);
        }
        return kind.cast(RecordJson.read(json, kind.asSubclass(Record.class)));
    }

    private static void devices(ObjectNode config, String kind, java.util.function.Consumer<ObjectNode> change) {
        config.path(kind).forEach(device -> change.accept((ObjectNode) device));
    }

    private static void writeDisk(ObjectNode disk) {
        for (String number : List.of("removable", "readwrite", "is_cdrom")) {
            disk.put(number, disk.get(number).booleanValue() ? 1 : 0);
        }
    }

    private static void writeChannel(ObjectNode channel) {
        String connection = channel.remove("connection").asText();
        JsonNode path = channel.remove("path");
        ObjectNode part = channel.putObject("connection." + connection);
        if (connection.equals("socket")) {
            part.set("path", path);
        }
    }

    private static void readChannel(ObjectNode channel) {
        for (String connection : List.of("unknown", "pty", "socket")) {
            JsonNode part = channel.remove("connection." + connection);
            if (part != null) {
                channel.put("connection", connection);
                channel.set("path", part.get("path"));
            }
        }
    }

    private static void writeUsbDevice(ObjectNode device) {
        ObjectNode host = device.putObject("type.hostdev");
        host.set("hostbus", device.remove("hostbus"));
        host.set("hostaddr", device.remove("hostaddr"));
    }

    private static void readUsbDevice(ObjectNode device) {
        if (device.remove("type.hostdev") instanceof ObjectNode host) {
            device.setAll(host);
        }
    }

    private static void writeHvm(ObjectNode hvm) {
        JsonNode vga = hvm.remove("vga");
        if (vga != null) {
            hvm.putObject("vga").set("kind", vga);
        }
        JsonNode genid = hvm.remove("ms_vm_genid");
        if (genid != null) {
            ArrayNode bytes = hvm.putArray("ms_vm_genid");
            UUID id = UUID.fromString(genid.asText());
            for (int i = 0; i < GENID_BYTES; i++) {
                long half = i < 8 ? id.getMostSignificantBits() : id.getLeastSignificantBits();
                bytes.add((int) (half >>> (56 - 8 * (i % 8)) & 0xff));
            }
        }
    }

    private static void readHvm(ObjectNode hvm) {
        if (hvm.get("vga") instanceof ObjectNode vga) {
            hvm.set("vga", vga.get("kind"));
        }
        if (hvm.get("ms_vm_genid") instanceof ArrayNode bytes && bytes.size() == GENID_BYTES) {
            long high = 0;
            long low = 0;
            for (int i = 0; i < 8; i++) {
                high = high << 8 | bytes.get(i).intValue() & 0xff;
                low = low << 8 | bytes.get(i + 8).intValue() & 0xff;
            }
            hvm.put("ms_vm_genid", new UUID(high, low).toString());
        }
    }
}
