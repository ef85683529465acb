package org.jxapi.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.hypervisor.simulator.SimulatedUsbDevice;

/** The devices of a world's hosts that VMs can have. */
final class WorldDevices {
    private static final int MOST_USB = 64;

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
}
