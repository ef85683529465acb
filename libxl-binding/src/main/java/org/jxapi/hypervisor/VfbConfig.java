package org.jxapi.hypervisor;

/**
 * A virtual frame buffer, {@code libxl_device_vfb}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 */
public record VfbConfig(int backendDomid, Integer devid, VncInfo vnc, String keymap) implements Device {}
