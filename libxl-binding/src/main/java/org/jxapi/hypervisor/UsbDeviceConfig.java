package org.jxapi.hypervisor;

/**
 * A host USB device in a guest, {@code libxl_device_usbdev}.
 *
 * @param ctrl devid of the controller; null lets libxl choose
 * @param port port of the controller; 0 lets libxl choose
 */
public record UsbDeviceConfig(Integer ctrl, int port, int hostbus, int hostaddr) implements Device {}
