package org.jxapi.hypervisor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A named channel to the guest, {@code libxl_device_channel}.
 *
 * @param backendDomid domain that serves the device; 0 is dom0
 * @param devid device number in the domain; null lets libxl choose the next free one
 * @param name name the guest sees
 * @param connection host end
 * @param path unix socket, when the host end is one
 */
public record ChannelConfig(
        int backendDomid,
        @Nullable Integer devid,
        String name,
        ChannelConnection connection,
        @Nullable String path) implements Device {
    public ChannelConfig {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(connection, "connection");
    }
}
