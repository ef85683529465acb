package org.jxapi.hypervisor.simulator;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The USB devices that are plugged into the simulated machine, by their paths. */
final class UsbPorts {
    private final Map<String, SimulatedUsbDevice> devices = new TreeMap<>();
    private int address = 1;

    synchronized List<SimulatedUsbDevice> all() {
        return List.copyOf(devices.values());
    }

    /** Plugs a device in; each time it gets another address, as from a kernel. */
    synchronized void plug(SimulatedUsbDevice device) {
        devices.put(device.path(), device.at(++address));
    }

    /** Takes the device out of a port; false when nothing is there. */
    synchronized boolean pull(String path) {
        return devices.remove(path) != null;
    }

    synchronized void become(List<SimulatedUsbDevice> others) {
        devices.clear();
        others.forEach(device -> devices.put(device.path(), device));
    }
}
