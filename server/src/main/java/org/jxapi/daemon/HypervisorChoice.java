package org.jxapi.daemon;

/** The hypervisor to use; AUTO takes libxl on a Xen host, and the simulator elsewhere. */
public enum HypervisorChoice {
    AUTO,
    LIBXL,
    SIMULATOR
}
