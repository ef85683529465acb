package org.jxapi.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.boot.PciDevice;
import org.jxapi.hypervisor.simulator.SimulatedUsbDevice;

/** The devices of a world's hosts that VMs can have. */
final class WorldDevices {
    private static final int MOST_USB = 64;
    private static final int MOST_PCI = 64;
    /** Buses of devices whose address the world does not give. */
    private static final int FIRST_GPU = 0x3b;

    private static final int FIRST_PCI = 0x81;
    private static final Map<String, String[]> CLASSES = Map.of(
            "gpu", new String[] {"0300", "VGA compatible controller"},
            "network", new String[] {"0200", "Ethernet controller"},
            "storage", new String[] {"0108", "Non-Volatile memory controller"});

    private WorldDevices() {}

    /** The USB devices that are plugged into a host. */
    static List<SimulatedUsbDevice> usb(WorldNode host) {
        List<SimulatedUsbDevice> all = new ArrayList<>();
        Set<String> paths = new HashSet<>();
        for (WorldNode usb : host.children(
                "usb",
                MOST_USB,
                "path",
                "vendor_id",
                "product_id",
                "vendor",
                "product",
                "serial",
                "version",
                "speed")) {
            String path = usb.text("path", "1-" + (all.size() + 1));
            if (!path.matches(SimulatedUsbDevice.PATH) || !paths.add(path)) {
                throw usb.wrong("path", "must be a port of its own, such as 1-2, not " + path);
            }
            all.add(new SimulatedUsbDevice(
                    path,
                    0,
                    identifier(usb, "vendor_id"),
                    usb.text("vendor", ""),
                    identifier(usb, "product_id"),
                    usb.text("product", ""),
                    usb.text("serial", ""),
                    usb.text("version", "2.00"),
                    usb.integer("speed", 1, 20_000, 480)));
        }
        return all;
    }

    private static String identifier(WorldNode node, String key) {
        String value = node.text(key);
        if (!value.matches(SimulatedUsbDevice.ID)) {
            throw node.wrong(key, "must be four hexadecimal digits, not " + value);
        }
        return value;
    }

    /** The PCI devices of a host: those in its list of GPUs, and the others. */
    static List<PciDevice> pci(WorldNode host) {
        Map<String, PciDevice> all = new TreeMap<>();
        add(all, host, "gpus", "gpu", "0000:%02x:00.0", FIRST_GPU);
        add(all, host, "pci", "network", "0000:%02x:00.0", FIRST_PCI);
        return List.copyOf(all.values());
    }

    private static void add(
            Map<String, PciDevice> all, WorldNode host, String list, String usual, String address, int first) {
        int number = 0;
        for (WorldNode node : host.children(
                list,
                MOST_PCI,
                "address",
                "vendor_id",
                "device_id",
                "vendor",
                "device",
                "class",
                "driver",
                "display")) {
            String place = node.text("address", address.formatted(first + number++));
            if (!place.matches(PciDevice.ADDRESS) || all.containsKey(place)) {
                throw node.wrong("address", "must be an address of its own, such as 0000:3b:00.0, not " + place);
            }
            String[] kind = CLASSES.get(node.text("class", usual));
            if (kind == null) {
                throw node.wrong("class", "must be one of gpu, network and storage");
            }
            all.put(
                    place,
                    new PciDevice(
                            place,
                            kind[0],
                            kind[1],
                            new PciDevice.Named(identifier(node, "vendor_id"), node.text("vendor", "")),
                            new PciDevice.Named(identifier(node, "device_id"), node.text("device", "")),
                            PciDevice.Named.NONE,
                            PciDevice.Named.NONE,
                            node.text("driver", ""),
                            "",
                            node.yes("display", false)));
        }
    }
}
