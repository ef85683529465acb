package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;

/** The functions of one kind of device, as {@code libxl_device_disk_add}; no kind has all of them. */
public interface DeviceFunctions {
    int add(Pointer ctx, int domid, Pointer device, Pointer how);

    int remove(Pointer ctx, int domid, Pointer device, Pointer how);

    int safe_remove(Pointer ctx, int domid, Pointer device, Pointer how);

    int destroy(Pointer ctx, int domid, Pointer device, Pointer how);

    Pointer list(Pointer ctx, int domid, Pointer countOut);

    int getinfo(Pointer ctx, int domid, Pointer device, Pointer info);
}
