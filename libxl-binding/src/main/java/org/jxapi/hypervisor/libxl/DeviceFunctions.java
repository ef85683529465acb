package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** The functions of one kind of device, as {@code libxl_device_disk_add}; no kind has all of them. */
public interface DeviceFunctions {
    int add(Pointer ctx, int domid, Pointer device, @Nullable Pointer how);

    int remove(Pointer ctx, int domid, Pointer device, @Nullable Pointer how);

    int safe_remove(Pointer ctx, int domid, Pointer device, @Nullable Pointer how);

    int destroy(Pointer ctx, int domid, Pointer device, @Nullable Pointer how);

    @Nullable
    Pointer list(Pointer ctx, int domid, Pointer countOut);

    int getinfo(Pointer ctx, int domid, Pointer device, Pointer info);
}
