package org.jxapi.neighbour.guest;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.neighbour.guest.PlanBuilder.ConfigKey;
import org.jxapi.neighbour.syntax.Element;

/** The element {@code os} of libvirt: the type of the guest, and how it boots. */
final class LibvirtBoot {
    private static final Map<String, String> DEVICES = Map.of("hd", "c", "cdrom", "d", "network", "n");

    private final PlanBuilder plan;
    private final StringBuilder order = new StringBuilder();

    LibvirtBoot(PlanBuilder plan) {
        this.plan = plan;
    }

    void type(Element os) {
        Element type = os.child("type").orElse(os);
        ConfigKey key = new ConfigKey("os/type", type.line());
        String machine = type.attribute("machine");
        String known = switch (type.text()) {
            case "hvm" -> "hvm";
            case "xenpvh" -> "pvh";
            case "xen", "linux" -> machine.equals("xenpvh") ? "pvh" : "pv";
            default -> "";
        };
        if (known.isEmpty()) {
            plan.refused(key, "\"" + type.text() + "\" is not known; there are hvm, xen, linux and xenpvh");
        } else {
            plan.type(known);
            plan.translated(key, "domain-type=" + known);
        }
    }

    void os(Element os) {
        for (Element child : os.children()) {
            ConfigKey key = new ConfigKey("os/" + child.name(), child.line());
            switch (child.name()) {
                case "type" -> {
                    // It was read before everything else.
                }
                case "loader" -> loader(key, child);
                case "kernel" -> file(key, "PV_kernel", child.text());
                case "initrd" -> file(key, "PV_ramdisk", child.text());
                case "cmdline", "root" -> commandLine(key, child);
                case "boot" -> boot(key, child.attribute("dev"));
                default -> UnknownElements.unknown(plan, "os/" + child.name(), child);
            }
        }
        String firmware = os.attribute("firmware").toLowerCase(Locale.ROOT);
        if (!firmware.isEmpty()) {
            plan.bootParam("firmware", firmware.equals("efi") ? "uefi" : "bios");
            plan.translated(
                    new ConfigKey("os@firmware", os.line()),
                    "HVM-boot-params:firmware=" + (firmware.equals("efi") ? "uefi" : "bios"));
        }
        if (order.length() > 0 && plan.hvm()) {
            plan.bootParam("order", order.toString());
        }
    }

    private void loader(ConfigKey key, Element loader) {
        String path = loader.text().toLowerCase(Locale.ROOT);
        if (path.contains("ovmf") || loader.attribute("type").equals("pflash")) {
            plan.bootParam("firmware", "uefi");
            plan.translated(key, "HVM-boot-params:firmware=uefi, with the image of this host");
        } else {
            plan.ignored(key, "the firmware of HVM guests comes with this host's Xen");
        }
    }

    private void file(ConfigKey key, String field, String path) {
        if (plan.hvm()) {
            plan.refused(key, "jxapi boots HVM guests from their disks, from discs or from the network");
        } else {
            PvBoot.file(plan, key, field, path);
        }
    }

    private void commandLine(ConfigKey key, Element element) {
        if (plan.hvm()) {
            plan.refused(key, "jxapi boots HVM guests from their disks, from discs or from the network");
        } else if (element.name().equals("root")) {
            plan.refused(key, "it is of old versions of libvirt; write root= into cmdline");
        } else {
            plan.set("PV_args", element.text());
            plan.taken(key, "PV-args=" + element.text());
        }
    }

    private void boot(ConfigKey key, String device) {
        String letter = DEVICES.get(device);
        if (!plan.hvm()) {
            plan.ignored(key, "it is for HVM guests");
        } else if (letter == null) {
            plan.refused(
                    key,
                    "there is no \"" + device + "\" to boot from; there are "
                            + String.join(", ", new TreeMap<>(DEVICES).keySet()));
        } else {
            order.append(letter);
            plan.translated(key, "HVM-boot-params:order=" + order);
        }
    }
}
