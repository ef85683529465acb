package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** The functions of libxenctrl that the binding uses, {@code xenctrl.h}: libxl offers no idle times of CPUs. */
public interface LibXenctrl {
    Pointer xc_interface_open(@Nullable Pointer logger, @Nullable Pointer domainBuilderLogger, int flags);

    int xc_interface_close(Pointer handle);

    /**
     * @param info an array of {@code max} structures {@code xen_sysctl_cpuinfo}, each of one 64-bit number: nanoseconds
     * @param count an int that gets the number of CPUs
     */
    int xc_getcpuinfo(Pointer handle, int max, Pointer info, Pointer count);
}
