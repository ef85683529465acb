package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Element;

/** The element {@code devices} of libvirt. */
final class LibvirtDevices {
    private final PlanBuilder plan;
    /** Devices to boot from, by their places in the order; letters as in {@code HVM_boot_params:order}. */
    private final Map<Integer, String> order = new TreeMap<>();

    private final List<String> serial = new ArrayList<>();
    private final List<String> pci = new ArrayList<>();

    LibvirtDevices(PlanBuilder plan) {
        this.plan = plan;
    }

    void read(Element devices) {
        Element firstSerial = null;
        for (Element device : devices.children()) {
            ConfigKey key = new ConfigKey(device.name(), device.line());
            switch (device.name()) {
                case "disk" -> LibvirtDisk.read(plan, device, order);
                case "interface" -> LibvirtNic.read(plan, device, order);
                case "serial" -> {
                    firstSerial = firstSerial == null ? device : firstSerial;
                    serial.add(port(device));
                }
                case "console" -> plan.taken(key, "guests always have a console");
                case "graphics" -> graphics(key, device);
                case "video" -> video(device);
                case "input" -> input(key, device);
                case "hostdev" -> host(key, device);
                default -> UnknownElements.unknown(plan, "devices/" + device.name(), device);
            }
        }
        if (firstSerial != null) {
            XlHardware.serial(plan, new ConfigKey("serial", firstSerial.line()), serial);
        }
        PciSpec.give(plan, pci);
        if (plan.disks().stream().noneMatch(PlannedDisk::bootable)) {
            FirstDisk.boots(plan);
        }
    }

    /** Sets the order of the devices that have a place in it. */
    void order() {
        if (!order.isEmpty() && plan.hvm()) {
            StringBuilder letters = new StringBuilder();
            order.values().stream()
                    .filter(letter -> letters.indexOf(letter) < 0)
                    .forEach(letters::append);
            plan.bootParam("order", letters.toString());
        }
    }

    /** A serial port as QEMU takes it. */
    private static String port(Element serial) {
        Element source = serial.child("source").orElse(serial);
        return switch (serial.attribute("type")) {
            case "pty", "null" -> serial.attribute("type");
            case "tcp" ->
                (serial.of("protocol", "type").equals("telnet") ? "telnet:" : "tcp:") + source.attribute("host") + ":"
                        + source.attribute("service")
                        + (source.attribute("mode").equals("bind") ? ",server,nowait" : "");
            case "udp" -> "udp:" + source.attribute("host") + ":" + source.attribute("service");
            default -> serial.attribute("type") + ":" + source.attribute("path");
        };
    }

    private void graphics(ConfigKey key, Element graphics) {
        String type = graphics.attribute("type");
        if (type.equals("vnc")) {
            if (!plan.hvm()) {
                plan.platform("pvfb", "true");
                plan.translated(key, "platform:pvfb=true; clients see the screen through the VM's console");
            } else {
                plan.translated(key, "an HVM guest has a screen, which clients see through its console");
            }
        } else {
            plan.ignored(key, "jxapi serves screens as VNC through consoles, not as \"" + type + "\"");
        }
        graphics.attributes().forEach((name, value) -> {
            ConfigKey part = new ConfigKey("graphics@" + name, graphics.line());
            switch (name) {
                case "type" -> {
                    // It is reported above.
                }
                case "keymap" -> {
                    if (value.matches("[a-z]{2,8}(-[a-z]{2,8})?")) {
                        plan.platform("keymap", value);
                        plan.taken(part, "platform:keymap=" + value);
                    } else {
                        plan.refused(part, "\"" + value + "\" is no name of a keyboard layout, such as en-us");
                    }
                }
                default -> plan.ignored(part, "clients with a session reach the screen through the VM's console");
            }
        });
        graphics.children()
                .forEach(child -> plan.ignored(
                        new ConfigKey("graphics/" + child.name(), child.line()),
                        "clients with a session reach the screen through the VM's console"));
    }

    private void video(Element video) {
        Element model = video.child("model").orElse(video);
        ConfigKey key = new ConfigKey("video/model", model.line());
        if (!plan.hvm()) {
            plan.ignored(key, "it is for HVM guests");
            return;
        }
        switch (model.attribute("type")) {
            case "vga" -> {
                plan.platform("vga", "std");
                plan.translated(key, "platform:vga=std");
            }
            case "cirrus" -> {
                plan.platform("vga", "cirrus");
                plan.taken(key, "platform:vga=cirrus");
            }
            case "xen", "none", "" -> plan.ignored(key, "HVM guests get a Cirrus card");
            default -> plan.refused(key, "jxapi emulates cirrus and vga, but not \"" + model.attribute("type") + "\"");
        }
        model.attributes().keySet().stream()
                .filter(name -> !name.equals("type") && !name.equals("vram"))
                .forEach(name -> plan.ignored(
                        new ConfigKey("video/model@" + name, model.line()), "jxapi leaves it to the emulated card"));
        String vram = model.attribute("vram");
        if (vram.matches("\\d{1,9}")) {
            String mib = Long.toString((Long.parseLong(vram) + 1023) / 1024);
            plan.platform("videoram", mib);
            plan.translated(new ConfigKey("video/model@vram", model.line()), "platform:videoram=" + mib);
        }
    }

    private void input(ConfigKey key, Element input) {
        if (input.attribute("type").equals("tablet") && plan.hvm()) {
            plan.platform("usb", "true");
            plan.platform("usb_tablet", "true");
            plan.translated(key, "platform:usb=true, platform:usb_tablet=true");
        } else {
            plan.ignored(key, "the guest gets a keyboard and a pointer with its screen");
        }
    }

    private void host(ConfigKey key, Element device) {
        Element address = device.child("source")
                .flatMap(source -> source.child("address"))
                .orElse(device);
        if (!device.attribute("type").equals("pci")) {
            plan.refused(key, "jxapi passes PCI devices through, and nothing else");
            return;
        }
        String text = hex(address, "domain", 4) + ":" + hex(address, "bus", 2) + ":" + hex(address, "slot", 2) + "."
                + hex(address, "function", 1);
        PciSpec.read(plan, key, text).ifPresent(pci::add);
        if (!device.attribute("managed").isEmpty()) {
            plan.ignored(
                    new ConfigKey("hostdev@managed", device.line()),
                    "the host's driver must let the device go first, with xl pci-assignable-add");
        }
    }

    private static String hex(Element address, String name, int digits) {
        String text = address.attribute(name).replaceFirst("^0x", "");
        return "0".repeat(Math.max(0, digits - text.length())) + text;
    }
}
