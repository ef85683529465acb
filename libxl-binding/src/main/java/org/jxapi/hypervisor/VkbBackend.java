package org.jxapi.hypervisor;

/** Backend of a virtual keyboard, {@code libxl_vkb_backend}. */
public enum VkbBackend {
    UNKNOWN(0),
    QEMU(1),
    LINUX(2);

    private final int value;

    VkbBackend(int value) {
        this.value = value;
    }

    /** Returns the number libxl gives it. */
    public int value() {
        return value;
    }
}
