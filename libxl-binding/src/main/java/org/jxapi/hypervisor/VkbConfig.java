package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * A virtual keyboard and pointer, {@code libxl_device_vkb}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 * @param width pixels
 * @param height pixels
 */
public record VkbConfig(
        int backendDomid,
        @Nullable Integer devid,
        VkbBackend backendType,
        @Nullable String uniqueId,
        int width,
        int height)
        implements Device {
    public VkbConfig {
        backendType = backendType == null ? VkbBackend.UNKNOWN : backendType;
    }
}
