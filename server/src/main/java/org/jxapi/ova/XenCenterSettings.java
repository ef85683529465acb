package org.jxapi.ova;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The fields of a VM that XenCenter writes into the hardware section of its packages, as elements {@code
 * VirtualSystemOtherConfigurationData} with a name and a value. A map is {@code key=value;key=value}.
 */
record XenCenterSettings(boolean uefi, String bootOrder, Map<String, String> platform) {
    private static final String BOOT = "HVM_boot_params";
    private static final String PLATFORM = "platform";
    /** The memory for shadow pages follows from the size of the VM here. */
    private static final List<String> NEEDLESS = List.of("HVM_boot_policy", "HVM_shadow_multiplier");

    /** Those of a package; none if another program has written it. */
    static XenCenterSettings of(List<OvfElement> hardware, OvaReport report) {
        Map<String, String> boot = new TreeMap<>();
        Map<String, String> platform = new TreeMap<>();
        for (OvfElement setting : hardware.stream()
                .flatMap(part -> part.all("VirtualSystemOtherConfigurationData"))
                .toList()) {
            String name = setting.attribute("Name");
            Map<String, String> map = name.equals(BOOT) ? boot : platform;
            if (name.equals(BOOT) || name.equals(PLATFORM)) {
                map.putAll(map(setting.text("Value")));
                report.taken(name, setting.text("Value"));
            } else if (!NEEDLESS.contains(name)) {
                report.leftOut(name, "nothing is taken of it: " + setting.text("Value"));
            }
        }
        boolean paravirtual = hardware.stream()
                .flatMap(part -> part.first("System").stream())
                .anyMatch(part -> part.text("VirtualSystemType").startsWith("xen-"));
        if (paravirtual) {
            report.translated(
                    "kind of VM", "one with firmware in the place of a paravirtual one; it needs a boot loader");
        }
        String order = boot.getOrDefault("order", "");
        return new XenCenterSettings(
                boot.getOrDefault("firmware", "").equals("uefi"), order.matches("[acdn]{1,8}") ? order : "", platform);
    }

    private static Map<String, String> map(String text) {
        Map<String, String> map = new TreeMap<>();
        Stream.of(text.split(";")).forEach(pair -> {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                map.put(
                        pair.substring(0, equals).strip(),
                        pair.substring(equals + 1).strip());
            }
        });
        return map;
    }
}
