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
    /** The structures in use; {@code DEVICE_DISK} is {@code libxl_device_disk}. */
    enum Type {
        CHANNELINFO,
        CPUPOOLINFO,
        CPUTOPOLOGY,
        DEVICE_CHANNEL,
        DEVICE_DISK,
        DEVICE_NIC,
        DEVICE_P9,
        DEVICE_PCI,
        DEVICE_USBCTRL,
        DEVICE_USBDEV,
        DEVICE_VFB,
        DEVICE_VKB,
        DEVICE_VTPM,
        DISKINFO,
        DOMAIN_CONFIG,
        DOMAIN_RESTORE_PARAMS,
        DOMAIN_SCHED_PARAMS,
        DOMINFO,
        EVENT,
        NICINFO,
        NUMAINFO,
        PCITOPOLOGY,
        PHYSINFO,
        USBCTRLINFO,
        VCPU_SCHED_PARAMS,
        VCPUINFO,
        VERSION_INFO,
        VKBINFO,
        VTPMINFO
    }

    static final ObjectMapper JSON = new ObjectMapper();

    /** Larger than any structure; the largest, domain_config, has some 1,300 bytes. */
    private static final int LARGEST = 32 * 1024;

    private final Libraries libraries;
    private final StructFunctions functions;
    private final Pointer memory;
    private final Type type;

    private Struct(Libraries libraries, Type type) {
        this.libraries = libraries;
        this.type = type;
        this.functions = libraries.functions(type);
        this.memory = libraries.allocate(libraries.sizeOf(type));
        functions.init(memory);
    }

    /** Returns a structure with libxl's own defaults. */
    static Struct empty(Libraries libraries, Type type) {
        return new Struct(libraries, type);
    }

    /** Returns a structure filled from JSON, which must only have keys that this version of libxl knows. */
    static Struct of(Libraries libraries, Pointer ctx, Type type, ObjectNode json) {
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
    static Struct unchecked(Libraries libraries, Pointer ctx, Type type, ObjectNode json) {
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

    static int measure(Libraries libraries, Type type) {
        byte pattern = (byte) 0xA5;
        byte[] bytes = new byte[LARGEST];
        Arrays.fill(bytes, pattern);
        Pointer memory = libraries.allocate(LARGEST);
        try {
            memory.put(0, bytes, 0, LARGEST);
            libraries.functions(type).init(memory);
            memory.get(0, bytes, 0, LARGEST);
        } finally {
            libraries.libc().free(memory);
        }
        int size = LARGEST;
        while (size > 0 && bytes[size - 1] == pattern) {
            size--;
        }
        if (size == 0 || size == LARGEST) {
            throw new IllegalStateException("libxl_" + type + "_init wrote " + size + " bytes");
        }
        return size;
    }

    Pointer pointer() {
        return memory;
    }

    ObjectNode json(Pointer ctx) {
        return json(libraries, ctx, type, memory);
    }

    /** Reads a structure that libxl made. */
    static ObjectNode json(Libraries libraries, Pointer ctx, Type type, Pointer struct) {
        String text = libraries.takeString(libraries.functions(type).to_json(ctx, struct));
        if (text == null) {
            throw new HypervisorException(LibxlError.FAIL, "libxl cannot write " + type + " as JSON");
        }
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
