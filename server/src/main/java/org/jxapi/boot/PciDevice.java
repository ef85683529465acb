package org.jxapi.boot;

/**
 * A PCI device of a host.
 *
 * @param address such as {@code 0000:3b:00.0}
 * @param classId class and subclass, four hexadecimal digits
 * @param className name of the subclass, or empty
 * @param subsystemVendor of the card; {@link Named#NONE} when it does not say
 * @param subsystem the card; {@link Named#NONE} when it does not say
 * @param driver name of the driver in the control domain, or empty
 * @param physicalFunction address of the device that this is a virtual function of, or empty
 * @param display whether the host's own screen is on it
 */
public record PciDevice(
        String address,
        String classId,
        String className,
        Named vendor,
        Named device,
        Named subsystemVendor,
        Named subsystem,
        String driver,
        String physicalFunction,
        boolean display) {
    /** The form of an address. */
    public static final String ADDRESS = "[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\\.[0-7]";

    /**
     * A vendor or a device.
     *
     * @param id four hexadecimal digits, or empty
     */
    public record Named(String id, String name) {
        public static final Named NONE = new Named("", "");
    }

    /** Whether its class is one of which XAPI has objects: storage, network and display. */
    boolean isManaged() {
        return classId.startsWith("01") || classId.startsWith("02") || isGpu();
    }

    boolean isGpu() {
        return classId.startsWith("03");
    }

    /** Whether both are functions of one card; virtual functions are none. */
    boolean isRelatedTo(PciDevice other) {
        int dot = address.indexOf('.');
        return !equals(other)
                && physicalFunction.isEmpty()
                && other.physicalFunction.isEmpty()
                && other.address.startsWith(address.substring(0, dot + 1));
    }
}
