package org.jxapi.hypervisor.simulator;

/**
 * A USB device in a port of the simulated machine.
 *
 * @param path its port, such as {@code 1-2}: the number of the bus, then those of the ports
 * @param address its number on the bus; 0 lets the machine choose
 * @param vendorId four hexadecimal digits
 * @param productId four hexadecimal digits
 * @param version of USB, such as {@code 2.00}
 * @param speed Mbit/s
 */
public record SimulatedUsbDevice(
        String path,
        int address,
        String vendorId,
        String vendor,
        String productId,
        String product,
        String serial,
        String version,
        int speed) {
    /** The form of a path. */
    public static final String PATH = "[1-9]\\d?-[1-9]\\d?(\\.[1-9]\\d?){0,5}";

    /** The form of the identifiers of vendors and products. */
    public static final String ID = "[0-9a-f]{4}";

    /** The number of the bus. */
    public int bus() {
        return Integer.parseInt(path.substring(0, path.indexOf('-')));
    }

    SimulatedUsbDevice at(int number) {
        return new SimulatedUsbDevice(path, number, vendorId, vendor, productId, product, serial, version, speed);
    }
}
