package org.jxapi.usb;

import java.io.IOException;
import java.util.List;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;

/** The USB devices of a host. */
@FunctionalInterface
public interface HostUsb {
    /**
     * Those that VMs may have, as they are plugged in now.
     *
     * @throws IOException with a sentence when they cannot be known, such as for a policy that cannot be read
     */
    List<UsbDevice> devices() throws IOException;

    /** Those of a simulated host. */
    static HostUsb simulated(SimulatedHypervisor machine) {
        return () -> machine.usbDevices().stream()
                .map(device -> new UsbDevice(
                        device.path(),
                        device.bus(),
                        device.address(),
                        device.vendorId(),
                        device.vendor(),
                        device.productId(),
                        device.product(),
                        device.serial(),
                        device.version(),
                        device.speed()))
                .toList();
    }
}
