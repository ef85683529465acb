package org.jxapi.vm;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;

/** A VM's {@code platform} map: the virtual hardware, in XAPI's keys and defaults. */
final class Platform {
    private static final Set<String> TSC_MODES = Set.of("0", "1", "2", "3");

    private final Map<String, String> values;

    Platform(Row vm) {
        this.values = vm.get(VM.PLATFORM);
    }

    /** {@code true} and {@code 1}, {@code false} and {@code 0}; anything else is the default. */
    boolean isTrue(String key, boolean otherwise) {
        return switch (values.getOrDefault(key, "").toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> otherwise;
        };
    }

    /** As {@link #isTrue}; null leaves the choice to the hypervisor. */
    Boolean given(String key) {
        return values.containsKey(key) ? Boolean.valueOf(isTrue(key, false)) : null;
    }

    String text(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    long number(String key, long otherwise) {
        String text = values.getOrDefault(key, "");
        return text.matches("-?\\d{1,15}") ? Long.parseLong(text) : otherwise;
    }

    /** 0 to 3; null when none or nonsense is given. */
    Integer tscMode() {
        String mode = values.get("tsc_mode");
        return mode != null && TSC_MODES.contains(mode) ? Integer.valueOf(mode) : null;
    }

    /** XAPI's checks of combinations that cannot work. */
    void check(Row vm, boolean uefi, boolean hvm) {
        String model = values.get("device-model");
        if (hvm && uefi && "qemu-trad".equals(model)) {
            throw Errors.invalidValue("platform:device-model", "UEFI boot is not supported with qemu-trad");
        }
        if (hvm && !uefi && "qemu-upstream-uefi".equals(model)) {
            throw Errors.invalidValue("platform:device-model", "BIOS boot is not supported with qemu-upstream-uefi");
        }
        String cores = values.get("cores-per-socket");
        if (cores != null) {
            if (!cores.matches("-?\\d{1,9}")) {
                throw Errors.invalidValue("platform:cores-per-socket", cores);
            }
            long vcpus = vm.get(VM.VCPUS_MAX);
            long perSocket = Long.parseLong(cores);
            if (perSocket < 1 || vcpus % perSocket != 0) {
                throw Errors.vcpuMaxNotCoresPerSocketMultiple(Long.toString(vcpus), cores);
            }
        }
    }

    /** What the guest sees below {@code platform} in xenstore. */
    Map<String, String> shown() {
        Map<String, String> shown = new TreeMap<>(values);
        if (tscMode() == null) {
            shown.remove("tsc_mode");
        }
        shown.keySet().removeIf(key -> key.isEmpty() || key.contains("/") || key.contains(" "));
        boolean usb = isTrue("usb", true);
        shown.put("usb", Boolean.toString(usb));
        shown.put("usb_tablet", Boolean.toString(usb && isTrue("usb_tablet", true)));
        return shown;
    }

    /**
     * Where the serial port of an HVM guest goes. Qemu runs as root: a file or a device of the control domain is not
     * for a VM's administrator to write to.
     */
    String serial(Map<String, String> otherConfig) {
        String serial = values.getOrDefault("hvm_serial", otherConfig.getOrDefault("hvm_serial", "pty"));
        if (List.of("pty", "none").contains(serial) || serial.matches("(tcp|udp|telnet):.*")) {
            return serial;
        }
        throw Errors.invalidValue("platform:hvm_serial", serial);
    }
}
