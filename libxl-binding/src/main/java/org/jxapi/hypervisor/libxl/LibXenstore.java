package org.jxapi.hypervisor.libxl;

import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The functions of libxenstore that the binding uses, {@code xenstore.h}. Pointers that functions return are the
 * caller's to free; functions that fail return null or 0 and set errno.
 */
public interface LibXenstore {
    int XBT_NULL = 0;

    @Nullable
    Pointer xs_open(long flags);

    void xs_close(Pointer handle);

    @Nullable
    Pointer xs_directory(Pointer handle, int transaction, byte[] path, Pointer count);

    @Nullable
    Pointer xs_read(Pointer handle, int transaction, byte[] path, Pointer length);

    byte xs_write(Pointer handle, int transaction, byte[] path, byte[] data, int length);

    /** Returns an array of {@code struct xs_permissions}: a domain's number and what it may do, 4 bytes each. */
    @Nullable
    Pointer xs_get_permissions(Pointer handle, int transaction, byte[] path, Pointer count);

    byte xs_set_permissions(Pointer handle, int transaction, byte[] path, Pointer permissions, int count);

    byte xs_rm(Pointer handle, int transaction, byte[] path);

    int xs_transaction_start(Pointer handle);

    byte xs_transaction_end(Pointer handle, int transaction, byte abort);

    byte xs_watch(Pointer handle, byte[] path, byte[] token);

    byte xs_unwatch(Pointer handle, byte[] path, byte[] token);

    int xs_fileno(Pointer handle);

    /** Returns a pair of strings, path and token, or null (EAGAIN) when no watch fired. */
    @Nullable
    Pointer xs_check_watch(Pointer handle);
}
