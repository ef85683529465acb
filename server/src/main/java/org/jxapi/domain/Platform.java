package org.jxapi.domain;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;

/** A VM's {@code platform} map: the virtual hardware, in XAPI's keys and defaults. */
public final class Platform {
    public static final String NESTED_VIRT = "nested-virt";

    private static final Set<String> TSC_MODES = Set.of("0", "1", "2", "3");
    /** The device models that XAPI takes for USB devices. */
    private static final Set<String> USB_MODELS = Set.of("qemu-upstream-compat", "qemu-upstream-uefi", "qemu-upstream");

    private static final Set<String> BOOLEANS = Set.of("true", "1", "false", "0");
    /** QEMU looks for a file of this name, in its folder of keymaps. */
    private static final Pattern KEYMAP = Pattern.compile("[a-z]{2,8}(-[a-z]{2,8})?");

    private static final long MOST_VIDEO_MIB = 512;

    /** XAPI's keys, and libxl's groups of enlightenments that each of them turns on or off. */
    private static final Map<String, List<Integer>> VIRIDIAN = Map.of(
            "viridian_time_ref_count", List.of(2),
            "viridian_reference_tsc", List.of(3),
            "viridian_hcall_remote_tlb_flush", List.of(4),
            "viridian_apic_assist", List.of(5),
            "viridian_crash_ctl", List.of(6),
            // Timers work by the synthetic interrupt controller, for which XAPI has no key.
            "viridian_stimer", List.of(7, 8),
            "viridian_hcall_ipi", List.of(9));

    /** The sizes that xl takes. The hole ends at 4 GiB, and each guest has 256 MiB of it. */
    private static final long LEAST_HOLE_MIB = 256;

    private static final long MOST_HOLE_MIB = 3840;

    private final Map<String, String> values;

    public Platform(Row<VM> vm) {
        this(vm.get(VM.PLATFORM));
    }

    private Platform(Map<String, String> values) {
        this.values = values;
    }

    /** Checks what a client sets: INVALID_VALUE for what must not reach QEMU. */
    public static void checkGiven(Map<String, String> values) {
        new Platform(values).keymap();
        if (values.containsKey(SerialPort.KEY)) {
            SerialPort.check("platform", values.get(SerialPort.KEY));
        }
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
    @Nullable
    Boolean given(String key) {
        return values.containsKey(key) ? Boolean.valueOf(isTrue(key, false)) : null;
    }

    /** The groups of Hyper-V enlightenments that are turned on, or off; null for none: libxl chooses the others. */
    @Nullable
    Set<Integer> viridian(boolean on) {
        Set<Integer> groups = new TreeSet<>();
        VIRIDIAN.forEach((key, of) -> {
            if (isTrue("viridian", false) && values.containsKey(key) && isTrue(key, !on) == on) {
                groups.addAll(of);
            }
        });
        return groups.isEmpty() ? null : groups;
    }

    /**
     * The hole for devices below 4 GiB in KiB, from {@code mmio_hole_size} in bytes or {@code mmio_size_mib}; null when
     * neither is given. INVALID_VALUE for a size that no guest can have.
     */
    @Nullable
    Long mmioHoleKib() {
        Long exact = holeKib("mmio_hole_size", 20);
        return exact != null ? exact : holeKib("mmio_size_mib", 0);
    }

    private @Nullable Long holeKib(String key, int bitsBelowMib) {
        String given = values.get(key);
        if (given == null) {
            return null;
        }
        long mib = given.matches("\\d{1,15}") ? Long.parseLong(given) >> bitsBelowMib : -1;
        if (mib < 0 || mib > MOST_HOLE_MIB) {
            throw Errors.invalidValue("platform:" + key, given);
        }
        return Math.max(mib, LEAST_HOLE_MIB) << 10;
    }

    String text(String key, String otherwise) {
        return values.getOrDefault(key, otherwise);
    }

    long number(String key, long otherwise) {
        String text = values.getOrDefault(key, "");
        return text.matches("-?\\d{1,15}") ? Long.parseLong(text) : otherwise;
    }

    /** 0 to 3; null when none or nonsense is given. */
    @Nullable
    Integer tscMode() {
        String mode = values.get("tsc_mode");
        return mode != null && TSC_MODES.contains(mode) ? Integer.valueOf(mode) : null;
    }

    /** XAPI's check at the start of nested virtualisation, which nothing can be taken for by mistake. */
    public void checkNestedVirt() {
        String nested = values.get(NESTED_VIRT);
        if (nested != null && !BOOLEANS.contains(nested.toLowerCase(Locale.ROOT))) {
            throw Errors.invalidValue("platform:" + NESTED_VIRT, nested);
        }
    }

    /** XAPI's check at the start of a VM with USB devices, which QEMU gives to the guest. */
    public void checkUsb() {
        String model = values.getOrDefault("device-model", "undefined");
        if (!USB_MODELS.contains(model)) {
            throw Errors.invalidValue("platform:device-model when vm has VUSBs", model);
        }
    }

    /** XAPI's checks of combinations that cannot work, and of what xenstore cannot hold. */
    void check(Row<VM> vm, boolean uefi, boolean hvm) {
        values.forEach(XenstoreText::platform);
        String model = values.get("device-model");
        if (hvm && uefi && "qemu-trad".equals(model)) {
            throw Errors.invalidValue("platform:device-model", "UEFI boot is not supported with qemu-trad");
        }
        if (hvm && !uefi && "qemu-upstream-uefi".equals(model)) {
            throw Errors.invalidValue("platform:device-model", "BIOS boot is not supported with qemu-upstream-uefi");
        }
        String cores = values.get("cores-per-socket");
        if (cores != null && DomainKinds.of(vm) != DomainKind.PV) {
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

    /** The nodes below {@code platform} in xenstore. */
    Map<String, String> shown() {
        Map<String, String> shown = new TreeMap<>(values);
        if (tscMode() == null) {
            shown.remove("tsc_mode");
        }
        String parallel = shown.getOrDefault("parallel", "none");
        if (!parallel.equals("none") && !parallel.startsWith("/dev/parport")) {
            shown.remove("parallel");
        }
        boolean usb = isTrue("usb", true);
        shown.put("usb", Boolean.toString(usb));
        shown.put("usb_tablet", Boolean.toString(usb && isTrue("usb_tablet", true)));
        return shown;
    }

    /** Where the serial port of an HVM guest goes, as QEMU takes it. */
    String serial(Map<String, String> otherConfig) {
        return values.containsKey(SerialPort.KEY)
                ? SerialPort.check("platform", values.get(SerialPort.KEY))
                : SerialPort.check("other_config", otherConfig.getOrDefault(SerialPort.KEY, "pty"));
    }

    /** The keyboard layout of the screen's clients; null when none is given. */
    @Nullable
    String keymap() {
        String keymap = values.get("keymap");
        if (keymap != null && !KEYMAP.matcher(keymap).matches()) {
            throw Errors.invalidValue("platform:keymap", keymap);
        }
        return keymap;
    }

    /** Video memory in MiB. */
    long videoMib(long least) {
        long given = number("videoram", 0);
        if (given > MOST_VIDEO_MIB) {
            throw Errors.invalidValue("platform:videoram", values.getOrDefault("videoram", ""));
        }
        return Math.max(given, least);
    }

    /** A positive number; null when none or nonsense is given. */
    @Nullable
    Integer count(String key) {
        long given = number(key, 0);
        return given > 0 && given <= Integer.MAX_VALUE ? Integer.valueOf((int) given) : null;
    }
}
