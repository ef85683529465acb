package org.jxapi.boot;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The PCI devices of this machine, as the kernel shows them in /sys/bus/pci. */
final class LinuxPci {
    private final Path root;

    /** @param root where /sys and /usr are */
    LinuxPci(Path root) {
        this.root = root;
    }

    /** All of them, by rising address. */
    List<PciDevice> devices() {
        Path folder = root.resolve("sys/bus/pci/devices");
        TreeSet<String> addresses = new TreeSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            all.forEach(each -> addresses.add(each.getFileName().toString()));
        } catch (IOException e) {
            // A machine without PCI has no such folder.
            return List.of();
        }
        PciNames names = PciNames.read(root);
        List<PciDevice> devices = new ArrayList<>();
        for (String address : addresses) {
            if (address.matches(PciDevice.ADDRESS)) {
                devices.add(read(folder.resolve(address), address, names));
            }
        }
        return devices;
    }

    private static PciDevice read(Path folder, String address, PciNames names) {
        String vendor = hex(folder, "vendor");
        String device = hex(folder, "device");
        String cls = hex(folder, "class");
        String classId = cls.length() == 6 ? cls.substring(0, 4) : "";
        PciDevice.Named maker = named(hex(folder, "subsystem_vendor"), names::vendor);
        PciDevice.Named card = maker.id().isEmpty()
                ? PciDevice.Named.NONE
                : named(hex(folder, "subsystem_device"), id -> names.card(vendor, device, maker.id(), id));
        return new PciDevice(
                address,
                classId,
                names.subclass(classId),
                new PciDevice.Named(vendor, names.vendor(vendor)),
                new PciDevice.Named(device, names.device(vendor, device)),
                maker,
                card,
                target(folder.resolve("driver")),
                target(folder.resolve("physfn")),
                SystemFiles.text(folder.resolve("boot_vga")).equals("1"));
    }

    private interface Lookup {
        String name(String id);
    }

    private static PciDevice.Named named(String id, Lookup lookup) {
        return id.isEmpty() || id.equals("0000") ? PciDevice.Named.NONE : new PciDevice.Named(id, lookup.name(id));
    }

    /** The digits of a number such as {@code 0x10de}; empty for anything else. */
    private static String hex(Path folder, String attribute) {
        String text = SystemFiles.text(folder.resolve(attribute));
        return text.matches("0x[0-9a-f]{4,6}") ? text.substring(2) : "";
    }

    /** The name of what a link leads to; empty without one. */
    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).getFileName().toString();
        } catch (IOException e) {
            return "";
        }
    }
}
