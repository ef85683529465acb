package org.jxapi.neighbour.guest;

import java.io.StringWriter;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.BiosType;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.VgaInterfaceType;

/** Writes the configuration of a domain as a domain of libvirt's Xen driver. */
public final class LibvirtWriter {
    private static final Map<DomainKind, String> TYPES =
            Map.of(DomainKind.HVM, "hvm", DomainKind.PVH, "xenpvh", DomainKind.PV, "linux");
    private static final Map<DomainKind, String> MACHINES =
            Map.of(DomainKind.HVM, "xenfv", DomainKind.PVH, "xenpvh", DomainKind.PV, "xenpv");

    private final XMLStreamWriter xml;
    private int depth;

    private LibvirtWriter(XMLStreamWriter xml) {
        this.xml = xml;
    }

    public static String write(DomainConfig config, GuestActions actions) {
        StringWriter text = new StringWriter();
        try {
            LibvirtWriter out =
                    new LibvirtWriter(XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text));
            out.domain(config, actions);
            out.xml.flush();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("text cannot be written to memory", e);
        }
        return text.append('\n').toString();
    }

    /** The contents of an element. */
    private interface Contents {
        void write() throws XMLStreamException;
    }

    private void line() throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    private void attributes(String... pairs) throws XMLStreamException {
        for (int i = 0; i < pairs.length; i += 2) {
            xml.writeAttribute(pairs[i], pairs[i + 1]);
        }
    }

    private void element(String name, Contents contents, String... pairs) throws XMLStreamException {
        if (depth > 0) {
            line();
        }
        xml.writeStartElement(name);
        attributes(pairs);
        depth++;
        contents.write();
        depth--;
        line();
        xml.writeEndElement();
    }

    private void empty(String name, String... pairs) throws XMLStreamException {
        line();
        xml.writeEmptyElement(name);
        attributes(pairs);
    }

    private void text(String name, @Nullable String value, String... pairs) throws XMLStreamException {
        if (value != null && !value.isEmpty()) {
            line();
            xml.writeStartElement(name);
            attributes(pairs);
            xml.writeCharacters(value);
            xml.writeEndElement();
        }
    }

    private void domain(DomainConfig config, GuestActions actions) throws XMLStreamException {
        DomainBuildInfo build = config.bInfo();
        boolean hvm = config.cInfo().type() == DomainKind.HVM;
        element(
                "domain",
                () -> {
                    text("name", config.cInfo().name());
                    text("uuid", config.cInfo().uuid().toString());
                    memory(build);
                    vcpus(build);
                    text("bootloader", build.bootloader());
                    text("bootloader_args", String.join(" ", build.bootloaderArgs()));
                    element("os", () -> os(config));
                    if (hvm) {
                        element("features", () -> features(build));
                    }
                    clock(build);
                    text("on_poweroff", GuestActions.neighbours(actions.shutdown()));
                    text("on_reboot", GuestActions.neighbours(actions.reboot()));
                    text("on_crash", GuestActions.neighbours(actions.crash()));
                    element("devices", () -> devices(config));
                },
                "type",
                "xen");
    }

    private void memory(DomainBuildInfo build) throws XMLStreamException {
        long most = build.maxMemkb() == null ? 0 : build.maxMemkb();
        text("memory", Long.toString(most), "unit", "KiB");
        if (build.targetMemkb() != null && build.targetMemkb() < most) {
            text("currentMemory", Long.toString(build.targetMemkb()), "unit", "KiB");
        }
    }

    private static String cpus(Set<Integer> cpus) {
        return cpus.stream().sorted().map(String::valueOf).collect(Collectors.joining(","));
    }

    private void vcpus(DomainBuildInfo build) throws XMLStreamException {
        int most = build.maxVcpus() == null ? 1 : build.maxVcpus();
        Set<Integer> now = build.availVcpus();
        if (now != null && now.size() < most) {
            text("vcpu", Integer.toString(most), "current", Integer.toString(now.size()));
        } else {
            text("vcpu", Integer.toString(most));
        }
        if (!build.vcpuHardAffinity().isEmpty()) {
            element("cputune", () -> {
                for (int i = 0; i < build.vcpuHardAffinity().size(); i++) {
                    empty(
                            "vcpupin",
                            "vcpu",
                            Integer.toString(i),
                            "cpuset",
                            cpus(build.vcpuHardAffinity().get(i)));
                }
            });
        }
    }

    private void os(DomainConfig config) throws XMLStreamException {
        DomainKind kind = config.cInfo().type();
        DomainBuildInfo build = config.bInfo();
        text("type", TYPES.getOrDefault(kind, "linux"), "machine", MACHINES.getOrDefault(kind, "xenpv"));
        if (kind != DomainKind.HVM) {
            text("kernel", build.kernel());
            text("initrd", build.ramdisk());
            text("cmdline", build.cmdline());
            return;
        }
        HvmInfo hvm = build.hvm();
        if (hvm != null && hvm.bios() == BiosType.OVMF) {
            text("loader", hvm.systemFirmware() == null ? "ovmf.bin" : hvm.systemFirmware(), "type", "pflash");
        }
        for (char device : (hvm == null || hvm.boot() == null ? "" : hvm.boot()).toCharArray()) {
            empty("boot", "dev", device == 'c' ? "hd" : device == 'd' ? "cdrom" : device == 'n' ? "network" : "fd");
        }
    }

    private void features(DomainBuildInfo build) throws XMLStreamException {
        HvmInfo hvm = build.hvm();
        Map<String, @Nullable Boolean> all = new TreeMap<>();
        all.put("acpi", build.acpi());
        all.put("apic", build.apic());
        all.put("pae", hvm == null ? null : hvm.pae());
        all.put("viridian", hvm == null ? null : hvm.viridian());
        for (Map.Entry<String, @Nullable Boolean> feature : all.entrySet()) {
            if (Boolean.TRUE.equals(feature.getValue())) {
                empty(feature.getKey());
            }
        }
    }

    private void clock(DomainBuildInfo build) throws XMLStreamException {
        Integer offset = build.rtcTimeoffset();
        if (offset != null && offset != 0) {
            empty("clock", "offset", "variable", "adjustment", Integer.toString(offset), "basis", "utc");
        } else {
            empty("clock", "offset", "utc");
        }
    }

    private void devices(DomainConfig config) throws XMLStreamException {
        for (DiskConfig disk : config.disks()) {
            element("disk", () -> disk(disk), "type", block(disk) ? "block" : "file", "device", device(disk));
        }
        for (NicConfig nic : config.nics()) {
            element("interface", () -> nic(nic), "type", "bridge");
        }
        for (PciConfig pci : config.pcidevs()) {
            String[] parts = pci.bdf().split("[:.]");
            element(
                    "hostdev",
                    () -> element(
                            "source",
                            () -> empty(
                                    "address",
                                    "domain",
                                    "0x" + parts[0],
                                    "bus",
                                    "0x" + parts[1],
                                    "slot",
                                    "0x" + parts[2],
                                    "function",
                                    "0x" + parts[3])),
                    "mode",
                    "subsystem",
                    "type",
                    "pci",
                    "managed",
                    "yes");
        }
        HvmInfo hvm = config.bInfo().hvm();
        if (hvm != null) {
            emulated(config.bInfo(), hvm);
        } else if (!config.vfbs().isEmpty()) {
            graphics(config.vfbs().get(0).keymap());
        }
        empty("console", "type", "pty");
    }

    private void emulated(DomainBuildInfo build, HvmInfo hvm) throws XMLStreamException {
        if ("pty".equals(hvm.serial())) {
            empty("serial", "type", "pty");
        }
        if ("tablet".equals(hvm.usbdevice())) {
            empty("input", "type", "tablet", "bus", "usb");
        }
        graphics(hvm.keymap());
        element(
                "video",
                () -> empty(
                        "model",
                        "type",
                        hvm.vga() == VgaInterfaceType.STD ? "vga" : "cirrus",
                        "vram",
                        Long.toString(build.videoMemkb() == null ? 8192 : build.videoMemkb())));
    }

    private void graphics(@Nullable String keymap) throws XMLStreamException {
        if (keymap == null) {
            empty("graphics", "type", "vnc", "port", "-1", "autoport", "yes", "listen", "127.0.0.1");
        } else {
            empty("graphics", "type", "vnc", "port", "-1", "autoport", "yes", "listen", "127.0.0.1", "keymap", keymap);
        }
    }

    private static boolean block(DiskConfig disk) {
        return disk.pdevPath() != null && disk.pdevPath().startsWith("/dev/");
    }

    private static String device(DiskConfig disk) {
        return disk.isCdrom() ? "cdrom" : "disk";
    }

    private void disk(DiskConfig disk) throws XMLStreamException {
        if (disk.format() != DiskFormat.EMPTY && disk.pdevPath() != null) {
            if (!disk.isCdrom()) {
                String format = disk.format().name().toLowerCase(java.util.Locale.ROOT);
                empty("driver", "name", block(disk) ? "phy" : "qemu", "type", format);
            }
            empty("source", block(disk) ? "dev" : "file", disk.pdevPath());
        }
        empty("target", "dev", disk.vdev());
        if (!disk.readwrite()) {
            empty("readonly");
        }
    }

    private void nic(NicConfig nic) throws XMLStreamException {
        if (nic.mac() != null) {
            empty("mac", "address", nic.mac());
        }
        if (nic.bridge() != null) {
            empty("source", "bridge", nic.bridge());
        }
        if (nic.mtu() != null) {
            empty("mtu", "size", Integer.toString(nic.mtu()));
        }
        if (nic.rateBytesPerInterval() > 0 && nic.rateIntervalUsecs() > 0) {
            long kib = nic.rateBytesPerInterval() * 1_000_000L / nic.rateIntervalUsecs() / 1024;
            element("bandwidth", () -> empty("outbound", "average", Long.toString(Math.max(1, kib))));
        }
    }
}
