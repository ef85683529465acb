package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;

/** Sends a configuration to libxl and back so many times, and prints how many bytes more were allocated afterwards. */
final class RoundTrips {
    private RoundTrips() {}

    public static void main(String[] arguments) {
        Libraries libraries = Libraries.load();
        Pointer ctx = libraries.allocate(1024 * 1024);
        ObjectNode json = Structures.write(Samples.small());
        run(libraries, ctx, json, 1_000);
        long before = allocated(libraries);
        run(libraries, ctx, json, Integer.parseInt(arguments[0]));
        System.out.println(allocated(libraries) - before);
    }

    private static void run(Libraries libraries, Pointer ctx, ObjectNode json, int count) {
        for (int i = 0; i < count; i++) {
            try (Struct struct = Struct.of(libraries, ctx, StructType.DOMAIN_CONFIG, json)) {
                struct.json(ctx);
            }
        }
    }

    /** The C library's count of what is allocated; returning a structure, it takes its address first on x86-64. */
    public interface Allocator {
        void mallinfo2(Pointer result);
    }

    private static long allocated(Libraries libraries) {
        Pointer result = libraries.allocate(10 * 8);
        try {
            LibraryLoader.create(Allocator.class).load("c").mallinfo2(result);
            long mapped = result.getLong(4 * 8);
            long inUse = result.getLong(7 * 8);
            return mapped + inUse;
        } finally {
            libraries.libc().free(result);
        }
    }
}
