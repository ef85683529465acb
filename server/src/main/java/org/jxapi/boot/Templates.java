package org.jxapi.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The default templates, from templates.json. */
final class Templates {
    private static final String SYSTEM_DISK =
            "<provision><disk device=\"0\" size=\"%d\" sr=\"\" bootable=\"true\" type=\"system\"/></provision>";
    private static final String RESTRICTIONS = "<restrictions>"
            + "<restriction field=\"memory-static-min\" min=\"%d\"/>"
            + "<restriction field=\"memory-static-max\" max=\"%d\"/>"
            + "<restriction field=\"vcpus-max\" max=\"%d\"/>"
            + "<restriction field=\"has-vendor-device\" value=\"false\"/>"
            + "<restriction max=\"255\" property=\"number-of-vbds\"/>"
            + "<restriction max=\"7\" property=\"number-of-vifs\"/>"
            + "</restrictions>";

    private Templates() {}

    static void create(Transaction tx) {
        try (InputStream in = Templates.class.getResourceAsStream("templates.json")) {
            for (JsonNode template : new ObjectMapper().readTree(in)) {
                tx.create(VM.XEN_CLASS, row(template));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Row row(JsonNode template) {
        long memory = template.get("memory").asLong();
        String reference = template.get("reference").asText();
        return Row.of(VM.XEN_CLASS)
                .with(VM.NAME_LABEL, template.get("name").asText())
                .with(VM.NAME_DESCRIPTION, template.get("description").asText())
                .with(VM.REFERENCE_LABEL, reference)
                .with(VM.IS_A_TEMPLATE, true)
                .with(VM.IS_DEFAULT_TEMPLATE, true)
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.USER_VERSION, 1L)
                .with(VM.DOMID, -1L)
                .with(VM.MEMORY_STATIC_MIN, memory)
                .with(VM.MEMORY_DYNAMIC_MIN, memory)
                .with(VM.MEMORY_DYNAMIC_MAX, memory)
                .with(VM.MEMORY_STATIC_MAX, memory)
                .with(VM.MEMORY_TARGET, 0L)
                .with(VM.VCPUS_MAX, 1L)
                .with(VM.VCPUS_AT_STARTUP, 1L)
                .with(VM.ACTIONS_AFTER_SHUTDOWN, OnNormalExit.DESTROY)
                .with(VM.ACTIONS_AFTER_REBOOT, OnNormalExit.RESTART)
                .with(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.RESTART)
                .with(VM.DOMAIN_TYPE, DomainType.HVM)
                .with(VM.HVM_BOOT_POLICY, "BIOS order")
                .with(VM.HVM_BOOT_PARAMS, bootParams(template, reference))
                .with(VM.HVM_SHADOW_MULTIPLIER, 1.0)
                .with(VM.PLATFORM, platform(template))
                .with(VM.OTHER_CONFIG, otherConfig(template))
                .with(
                        VM.RECOMMENDATIONS,
                        RESTRICTIONS.formatted(
                                memory,
                                template.get("memoryLimit").asLong(),
                                template.get("vcpuLimit").asLong()));
    }

    private static Map<String, String> bootParams(JsonNode template, String reference) {
        Map<String, String> params = new LinkedHashMap<>();
        params.put("order", template.get("bootOrder").asText());
        params.put("firmware", reference.endsWith("-uefi") ? "uefi" : "bios");
        return params;
    }

    private static Map<String, String> platform(JsonNode template) {
        Map<String, String> platform = new LinkedHashMap<>();
        platform.put("nx", "true");
        platform.put("acpi", "1");
        platform.put("apic", "true");
        platform.put("pae", "true");
        platform.put("hpet", "true");
        platform.put("vga", "std");
        platform.put("videoram", "8");
        platform.put("viridian", template.get("viridian").asText());
        platform.put("device-model", "qemu-upstream-compat");
        return platform;
    }

    private static Map<String, String> otherConfig(JsonNode template) {
        Map<String, String> config = new LinkedHashMap<>();
        config.put("default_template", "true");
        if (template.get("linux").asBoolean()) {
            config.put("linux_template", "true");
        }
        config.put("install-methods", template.get("installMethods").asText());
        long disk = template.get("disk").asLong();
        if (disk > 0) {
            config.put("disks", SYSTEM_DISK.formatted(disk));
        }
        return config;
    }
}
