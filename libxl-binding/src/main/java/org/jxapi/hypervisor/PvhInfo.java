package org.jxapi.hypervisor;

/**
 * The PVH part of the build info, {@code libxl_domain_build_info.u.pvh}.
 *
 * @param pvshim whether a PV kernel runs in a shim
 */
public record PvhInfo(Boolean pvshim, String pvshimPath, String pvshimCmdline, String pvshimExtra) {}
