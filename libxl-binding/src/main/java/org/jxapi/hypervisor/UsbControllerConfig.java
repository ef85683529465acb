package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A USB controller, {@code libxl_device_usbctrl}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 * @param version 1, 2 or 3; 0 lets libxl choose
 * @param ports 0 lets libxl choose
 */
public record UsbControllerConfig(
        int backendDomid, @Nullable Integer devid, UsbControllerType type, int version, int ports) implements Device {
    public UsbControllerConfig {
        type = type == null ? UsbControllerType.AUTO : type;
    }
}
