package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * The PVH part of the build info, {@code libxl_domain_build_info.u.pvh}.
 *
 * @param pvshim whether a PV kernel runs in a shim
 */
public record PvhInfo(
        @Nullable Boolean pvshim,
        @Nullable String pvshimPath,
        @Nullable String pvshimCmdline,
        @Nullable String pvshimExtra) {}
