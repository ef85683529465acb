package org.jxapi.pam;

import java.nio.charset.StandardCharsets;
import jnr.ffi.Pointer;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;

/** Memory of the C library, for texts and structures that libpam frees. */
public interface CMemory {
    /** Returns zeroed memory, or null when there is none. */
    @Nullable
    Pointer calloc(@size_t long count, @size_t long size);

    void free(Pointer memory);

    /** A text in UTF-8 with its NUL, or null when there is no memory. */
    static @Nullable Pointer text(CMemory memory, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Pointer copy = memory.calloc(1, bytes.length + 1L);
        if (copy != null) {
            copy.put(0, bytes, 0, bytes.length);
        }
        return copy;
    }
}
