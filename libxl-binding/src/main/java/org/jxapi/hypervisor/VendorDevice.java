package org.jxapi.hypervisor;

/** PCI device that Windows' update service knows a Xen guest by, {@code libxl_vendor_device}. */
public enum VendorDevice {
    NONE(0),
    XENSERVER(1);

    private final int value;

    VendorDevice(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
