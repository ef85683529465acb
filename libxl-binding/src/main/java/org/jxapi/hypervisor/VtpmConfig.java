package org.jxapi.hypervisor;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A virtual TPM, {@code libxl_device_vtpm}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 */
public record VtpmConfig(int backendDomid, @Nullable Integer devid, UUID uuid) implements Device {}
