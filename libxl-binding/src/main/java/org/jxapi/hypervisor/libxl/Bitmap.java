package org.jxapi.hypervisor.libxl;

import java.util.Set;
import java.util.TreeSet;
import jnr.ffi.Pointer;

/** A {@code libxl_bitmap} in native memory. */
final class Bitmap implements AutoCloseable {
    /** The structure has 16 bytes where pointers have 8. */
    private static final int BYTES = 16;

    private final LibxlContext context;
    private final Pointer memory;

    /** An empty bitmap with room for that many bits; with 0, libxl makes the room. */
    Bitmap(LibxlContext context, int bits) {
        this.context = context;
        this.memory = context.libraries().allocate(BYTES);
        if (bits > 0) {
            context.check(context.libxl().libxl_bitmap_alloc(context.pointer(), memory, bits), "no bitmap");
        }
    }

    static Bitmap of(LibxlContext context, Set<Integer> bits) {
        Bitmap bitmap =
                new Bitmap(context, bits.stream().mapToInt(i -> i + 1).max().orElse(1));
        bits.forEach(bit -> context.libxl().libxl_bitmap_set(bitmap.memory, bit));
        return bitmap;
    }

    Pointer pointer() {
        return memory;
    }

    /** Returns a word of the structure, to pass it by value. */
    long word(int number) {
        return memory.getLong(8L * number);
    }

    /** Returns the bits set among the first so many. */
    Set<Integer> bits(int most) {
        Set<Integer> bits = new TreeSet<>();
        for (int i = 0; i < most; i++) {
            if (context.libxl().libxl_bitmap_test(memory, i) != 0) {
                bits.add(i);
            }
        }
        return bits;
    }

    @Override
    public void close() {
        context.libxl().libxl_bitmap_dispose(memory);
        context.libraries().libc().free(memory);
    }
}
