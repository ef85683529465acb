package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/** The four functions that libxl generates for each structure {@code T}, as {@code libxl_T_init} and so on. */
public interface StructFunctions {
    void init(Pointer struct);

    int from_json(Pointer ctx, Pointer struct, byte[] json);

    /** The result is the caller's to free. */
    @Nullable
    Pointer to_json(Pointer ctx, Pointer struct);

    void dispose(Pointer struct);
}
