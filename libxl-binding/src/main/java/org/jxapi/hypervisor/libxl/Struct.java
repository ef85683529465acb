package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jnr.ffi.Pointer;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * A libxl structure in native memory, filled and read only through libxl's own JSON, so that no layout is written down
 * here. Closing it lets libxl free what the structure points to.
 */
final class Struct implements AutoCloseable {
    static final ObjectMapper JSON = new ObjectMapper();

    private final Libraries libraries;
    private final StructFunctions functions;
    private final Pointer memory;
    private final StructType type;

    private Struct(Libraries libraries, StructType type) {
        this.libraries = libraries;
        this.type = type;
        this.functions = libraries.functions(type);
        this.memory = libraries.allocate(libraries.sizeOf(type));
        functions.init(memory);
    }

    /** Returns a structure with libxl's own defaults. */
    static Struct empty(Libraries libraries, StructType type) {
        return new Struct(libraries, type);
    }

    /** Returns a structure filled from JSON, which must only have keys that this version of libxl knows. */
    static Struct of(Libraries libraries, Pointer ctx, StructType type, ObjectNode json) {
        Struct struct = unchecked(libraries, ctx, type, json);
        try {
            JsonKeys.requireKnown(libraries.libxlVersion(), json, struct.json(ctx));
            return struct;
        } catch (RuntimeException e) {
            struct.close();
            throw e;
        }
    }

    /** Returns a structure filled from JSON, of which libxl silently ignores what it does not know. */
    static Struct unchecked(Libraries libraries, Pointer ctx, StructType type, ObjectNode json) {
        Struct struct = new Struct(libraries, type);
        try {
            byte[] text = JSON.writeValueAsBytes(json);
            int rc = struct.functions.from_json(ctx, struct.memory, Arrays.copyOf(text, text.length + 1));
            if (rc != 0) {
                throw new HypervisorException(LibxlError.of(rc), "libxl cannot read this as " + type + ": " + json);
            }
            return struct;
        } catch (JsonProcessingException e) {
            struct.close();
            throw new IllegalStateException(e);
        } catch (RuntimeException e) {
            struct.close();
            throw e;
        }
    }

    Pointer pointer() {
        return memory;
    }

    ObjectNode json(Pointer ctx) {
        return json(libraries, ctx, type, memory);
    }

    /** Reads a structure that libxl made. */
    static ObjectNode json(Libraries libraries, Pointer ctx, StructType type, Pointer struct) {
        String text = libraries
                .takeString(libraries.functions(type).to_json(ctx, struct))
                .orElseThrow(() -> new HypervisorException(LibxlError.FAIL, "libxl cannot write " + type + " as JSON"));
        try {
            return (ObjectNode) JSON.readTree(text.getBytes(StandardCharsets.UTF_8));
        } catch (java.io.IOException e) {
            throw new HypervisorException(LibxlError.FAIL, "libxl wrote " + type + " as " + text + ": " + e);
        }
    }

    @Override
    public void close() {
        functions.dispose(memory);
        libraries.libc().free(memory);
    }
}
