package org.jxapi.hypervisor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A shared folder over 9pfs, {@code libxl_device_p9}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 * @param tag mount tag
 * @param path folder on the host
 * @param securityModel such as {@code none}
 */
public record P9Config(int backendDomid, @Nullable Integer devid, String tag, String path, String securityModel)
        implements Device {
    public P9Config {
        Objects.requireNonNull(tag, "tag");
        Objects.requireNonNull(path, "path");
        securityModel = securityModel == null ? "none" : securityModel;
    }
}
