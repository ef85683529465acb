package org.jxapi.boot;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.OnNormalExit;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The VM record of a default template, in the form that XenServer's have: memory is twice the least that it needs. */
final class TemplateRecord {
    private static final String DISK =
            "<provision><disk device=\"0\" size=\"%d\" sr=\"\" bootable=\"%s\" type=\"system\"/></provision>";
    private static final String ABOUT =
            "To install %s from its medium: attach the medium, start the VM, follow the" + " installer on its console.";
    private static final int MOST_VBDS = 255;
    private static final int MOST_VIFS = 7;

    private final JsonNode template;
    private final boolean uefi;

    /**
     * @param uefi whether guests can boot by UEFI here: where they cannot, a template that supports BIOS too has that
     */
    TemplateRecord(JsonNode template, boolean uefi) {
        this.template = template;
        this.uefi = uefi || !template.path("bios").asBoolean();
    }

    Row<VM> row() {
        long least = template.get("memoryMin").asLong();
        long vcpus = template.path("vcpus").asLong(1);
        boolean hvm = template.has("boot");
        String name = template.get("name").asText();
        return Row.of(VM.XEN_CLASS)
                .with(VM.UUID, template.get("uuid").asText())
                .with(VM.NAME_LABEL, name)
                .with(VM.NAME_DESCRIPTION, template.path("description").asText(ABOUT.formatted(name)))
                .with(VM.REFERENCE_LABEL, template.get("reference").asText())
                .with(VM.IS_A_TEMPLATE, true)
                .with(VM.IS_DEFAULT_TEMPLATE, true)
                .with(VM.POWER_STATE, VmPowerState.HALTED)
                .with(VM.USER_VERSION, 1L)
                .with(VM.DOMID, -1L)
                .with(VM.MEMORY_STATIC_MIN, least)
                .with(VM.MEMORY_DYNAMIC_MIN, 2 * least)
                .with(VM.MEMORY_DYNAMIC_MAX, 2 * least)
                .with(VM.MEMORY_STATIC_MAX, 2 * least)
                .with(VM.MEMORY_TARGET, 0L)
                .with(VM.VCPUS_MAX, vcpus)
                .with(VM.VCPUS_AT_STARTUP, vcpus)
                .with(VM.ACTIONS_AFTER_SHUTDOWN, OnNormalExit.DESTROY)
                .with(VM.ACTIONS_AFTER_REBOOT, OnNormalExit.RESTART)
                .with(VM.ACTIONS_AFTER_CRASH, OnCrashBehaviour.RESTART)
                .with(VM.DOMAIN_TYPE, hvm ? DomainType.HVM : DomainType.PV_IN_PVH)
                .with(VM.HVM_BOOT_POLICY, hvm ? "BIOS order" : "")
                .with(VM.HVM_BOOT_PARAMS, bootParams())
                .with(VM.HVM_SHADOW_MULTIPLIER, 1.0)
                .with(VM.PV_BOOTLOADER, template.path("bootloader").asText())
                .with(VM.PV_ARGS, template.path("arguments").asText())
                .with(VM.GENERATION_ID, template.path("generation").asText())
                .with(VM.PLATFORM, platform())
                .with(VM.OTHER_CONFIG, otherConfig())
                .with(VM.RECOMMENDATIONS, recommendations());
    }

    private boolean fallsBack() {
        return !uefi && template.path("boot").path("firmware").asText().equals("uefi");
    }

    private Map<String, String> bootParams() {
        Map<String, String> params = map("boot");
        if (fallsBack()) {
            params.put("firmware", "bios");
        }
        return params;
    }

    private Map<String, String> platform() {
        Map<String, String> platform = new LinkedHashMap<>();
        platform.put("nx", "true");
        platform.put("acpi", "1");
        platform.put("apic", "true");
        platform.put("pae", "true");
        platform.put("hpet", "true");
        platform.putAll(map("platform"));
        if (fallsBack()) {
            platform.put("device-model", "qemu-upstream-compat");
            platform.put("secureboot", "false");
        }
        return platform;
    }

    private Map<String, String> otherConfig() {
        Map<String, String> config = map("otherConfig");
        config.put("default_template", "true");
        config.put("mac_seed", FreshIds.uuid("mac_seed of a template").toString());
        if (template.has("disk")) {
            config.put(
                    "disks",
                    DISK.formatted(
                            template.get("disk").asLong(),
                            template.path("diskBootable").asBoolean(true)));
        }
        return config;
    }

    private Map<String, String> map(String name) {
        Map<String, String> map = new LinkedHashMap<>();
        template.path(name)
                .fields()
                .forEachRemaining(
                        entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }

    /** The recommendations for clients that create such VMs. */
    private String recommendations() {
        StringBuilder out = new StringBuilder("<restrictions>");
        limit(out, "memory-static-max", "max", "memoryLimit");
        limit(out, "vcpus-min", "min", "vcpusMin");
        limit(out, "vcpus-max", "max", "vcpusLimit");
        field(out, "has-vendor-device", "value", template.path("vendorDevice").asText("false"));
        allowed(out, "allow-gpu-passthrough", "gpuPassthrough");
        allowed(out, "allow-vgpu", "vgpu");
        allowed(out, "allow-network-sriov", "sriov");
        supported(out, "supports-bios", "bios");
        supported(out, "supports-uefi", "uefi");
        supported(out, "supports-secure-boot", "secureBoot");
        property(out, "number-of-vbds", MOST_VBDS);
        property(out, "number-of-vifs", MOST_VIFS);
        return out.append("</restrictions>").toString();
    }

    private void limit(StringBuilder out, String name, String attribute, String key) {
        if (template.has(key)) {
            field(out, name, attribute, template.get(key).asText());
        }
    }

    private void allowed(StringBuilder out, String name, String key) {
        if (template.has(key)) {
            field(out, name, "value", "1");
        }
    }

    private void supported(StringBuilder out, String name, String key) {
        if (template.has(key)) {
            field(out, name, "value", template.get(key).asBoolean() ? "yes" : "no");
        }
    }

    private static void field(StringBuilder out, String name, String attribute, String value) {
        out.append("<restriction field=\"%s\" %s=\"%s\"/>".formatted(name, attribute, value));
    }

    private static void property(StringBuilder out, String name, int max) {
        out.append("<restriction property=\"%s\" max=\"%d\"/>".formatted(name, max));
    }
}
