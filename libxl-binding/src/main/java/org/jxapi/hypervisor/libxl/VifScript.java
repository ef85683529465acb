package org.jxapi.hypervisor.libxl;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.NicConfig;

/**
 * The hotplug script of network interfaces that name none.
 *
 * @param path null for Xen's own
 */
record VifScript(@Nullable Path path) {
    NicConfig of(NicConfig nic) {
        return path == null || nic.script() != null
                ? nic
                : nic.toBuilder().script(path.toString()).build();
    }

    DomainConfig of(DomainConfig config) {
        return config.toBuilder()
                .nics(config.nics().stream().map(this::of).toList())
                .build();
    }
}
