package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A virtual frame buffer, {@code libxl_device_vfb}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 */
public record VfbConfig(
        int backendDomid,
        @Nullable Integer devid,
        @Nullable VncInfo vnc,
        @Nullable String keymap) implements Device {}
