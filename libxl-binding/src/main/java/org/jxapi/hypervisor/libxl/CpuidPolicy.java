package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringJoiner;
import jnr.ffi.Pointer;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * CPUID settings of a domain. libxl's JSON has them as registers, while people name features, so the texts are given to
 * libxl's own parsers, which write into the list in the configuration.
 */
final class CpuidPolicy {
    private static final List<String> REGISTERS = List.of("eax", "ebx", "ecx", "edx");

    private CpuidPolicy() {}

    /** Adds settings, such as {@code host,tm=0} or {@code 0x1:ecx=xxxx…}, to a {@code libxl_domain_config}. */
    static void add(Libraries libraries, Pointer ctx, Struct config, List<String> texts) {
        if (texts.isEmpty()) {
            return;
        }
        Pointer list = config.pointer().slice(offset(libraries, ctx));
        for (String text : texts) {
            boolean registers = text.matches("(0x)?[0-9a-fA-F]+(,[0-9a-fx]+)?:.*");
            int rc = registers
                    ? libraries.libxl().libxl_cpuid_parse_config_xend(list, text)
                    : parse(libraries, list, text);
            if (rc != 0) {
                throw new HypervisorException(LibxlError.INVAL, "this CPUID setting is not known: " + text);
            }
        }
    }

    private static int parse(Libraries libraries, Pointer list, String text) {
        for (String setting : text.split(",")) {
            if (!setting.equals("host") && libraries.libxl().libxl_cpuid_parse_config(list, setting) != 0) {
                return -1;
            }
        }
        return 0;
    }

    /** Finds the list in the structure: of two configurations, one with a setting, only that pointer differs. */
    private static int offset(Libraries libraries, Pointer ctx) {
        ObjectNode json = Struct.JSON.createObjectNode();
        json.putObject("b_info").putArray("cpuid").addObject().put("leaf", 1).put("eax", "x".repeat(32));
        try (Struct with = Struct.unchecked(libraries, ctx, StructType.DOMAIN_CONFIG, json);
                Struct without = Struct.empty(libraries, StructType.DOMAIN_CONFIG)) {
            byte[] a = bytes(libraries, with);
            byte[] b = bytes(libraries, without);
            int differs = Arrays.mismatch(a, b);
            if (differs < 0) {
                throw new HypervisorException(
                        LibxlError.NI, "libxl " + libraries.libxlVersion() + " does not take CPUID settings");
            }
            return differs & ~7;
        }
    }

    private static byte[] bytes(Libraries libraries, Struct struct) {
        byte[] bytes = new byte[libraries.sizeOf(StructType.DOMAIN_CONFIG)];
        struct.pointer().get(0, bytes, 0, bytes.length);
        return bytes;
    }

    /** Returns the settings of libxl's JSON, in the syntax with registers. */
    static List<String> texts(@Nullable JsonNode json) {
        List<String> texts = new ArrayList<>();
        JsonNode leaves = json != null && json.isObject() ? json.path("cpuid") : json;
        if (leaves != null) {
            for (JsonNode leaf : leaves) {
                StringBuilder text = new StringBuilder(
                        "0x" + Long.toHexString(leaf.path("leaf").longValue()));
                if (leaf.hasNonNull("subleaf")) {
                    text.append(",0x")
                            .append(Long.toHexString(leaf.get("subleaf").longValue()));
                }
                StringJoiner registers = new StringJoiner(",", ":", "");
                for (String register : REGISTERS) {
                    if (leaf.hasNonNull(register)) {
                        registers.add(register + "=" + leaf.get(register).asText());
                    }
                }
                texts.add(text.append(registers).toString());
            }
        }
        return texts;
    }
}
