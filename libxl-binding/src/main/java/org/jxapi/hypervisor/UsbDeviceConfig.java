package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A host USB device in a guest, {@code libxl_device_usbdev}.
 *
 * @param ctrl devid of the controller; null lets libxl choose
 * @param port port of the controller; 0 lets libxl choose
 */
public record UsbDeviceConfig(@Nullable Integer ctrl, int port, int hostbus, int hostaddr) implements Device {}
