package org.jxapi.hypervisor;

/** Kind of a USB controller, {@code libxl_usbctrl_type}. */
public enum UsbControllerType {
    AUTO(0),
    PV(1),
    DEVICEMODEL(2),
    QUSB(3);

    private final int value;

    UsbControllerType(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
