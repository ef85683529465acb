package org.jxapi.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.BiosType;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainSchedParams;
import org.jxapi.hypervisor.DomainType;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.PvInfo;
import org.jxapi.hypervisor.PvhInfo;
import org.jxapi.hypervisor.TscMode;
import org.jxapi.hypervisor.VgaInterfaceType;
import org.jxapi.hypervisor.VncInfo;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;

/** What a guest is built from: CPUs, memory, kernel or firmware, virtual hardware. */
final class GuestBuild {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern GENERATION = Pattern.compile("(-?\\d{1,19}):(-?\\d{1,19})");

    private final Ref<VM> ref;
    private final Row vm;
    private final DomainType type;
    private final Platform platform;
    private final List<Path> bootFolders;

    GuestBuild(Ref<VM> ref, Row vm, DomainType type, List<Path> bootFolders) {
        this.ref = ref;
        this.vm = vm;
        this.type = type;
        this.platform = new Platform(vm);
        this.bootFolders = bootFolders;
    }

    DomainBuildInfo info() {
        String firmware = vm.get(VM.HVM_BOOT_PARAMS).getOrDefault("firmware", "bios");
        boolean uefi = firmware.equals("uefi");
        if (type == DomainType.HVM && !uefi && !firmware.equals("bios")) {
            throw Errors.invalidValue("HVM-boot-params['firmware']", firmware);
        }
        platform.check(vm, uefi, type == DomainType.HVM);
        DomainBuildInfo.Builder build = DomainBuildInfo.builder()
                .maxVcpus(vcpusMax())
                .availVcpus(first((int) (long) vm.get(VM.VCPUS_AT_STARTUP)))
                .maxMemkb(vm.get(VM.MEMORY_STATIC_MAX) / 1024)
                .targetMemkb(vm.get(VM.MEMORY_DYNAMIC_MAX) / 1024);
        cpus(build);
        if (platform.tscMode() != null) {
            build.tscMode(TscMode.values()[platform.tscMode()]);
        }
        return switch (type) {
            case HVM -> hvm(build, uefi);
            case PVH ->
                kernel(build).pvh(new PvhInfo(pvInPvh(), null, null, null)).build();
            default -> {
                boolean pci = vm.get(VM.OTHER_CONFIG).containsKey("pci");
                yield kernel(build)
                        .pv(new PvInfo(null, null, pci ? true : null))
                        .build();
            }
        };
    }

    private int vcpusMax() {
        return (int) (long) vm.get(VM.VCPUS_MAX);
    }

    private static Set<Integer> first(int count) {
        Set<Integer> cpus = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            cpus.add(i);
        }
        return cpus;
    }

    private Boolean pvInPvh() {
        return vm.get(VM.DOMAIN_TYPE) == org.jxapi.xenapi.DomainType.PV_IN_PVH ? Boolean.TRUE : null;
    }

    /** Weight, cap and mask of {@code VCPUs_params}; what makes no sense is left out, as in XAPI. */
    private void cpus(DomainBuildInfo.Builder build) {
        Map<String, String> params = vm.get(VM.VCPUS_PARAMS);
        Integer weight = number(params.get("weight"));
        Integer cap = number(params.get("cap"));
        if (weight != null || cap != null) {
            build.schedParams(DomainSchedParams.credit(weight, cap));
        }
        String mask = params.getOrDefault("mask", "");
        if (mask.matches("\\s*\\d{1,4}(\\s*,\\s*\\d{1,4})*\\s*")) {
            Set<Integer> cpus = new TreeSet<>();
            for (String cpu : mask.split(",")) {
                cpus.add(Integer.valueOf(cpu.strip()));
            }
            build.vcpuHardAffinity(Collections.nCopies(vcpusMax(), cpus));
        }
    }

    private static Integer number(String text) {
        return text != null && text.matches("\\d{1,6}") ? Integer.valueOf(text) : null;
    }

    private DomainBuildInfo.Builder kernel(DomainBuildInfo.Builder build) {
        String bootloader = vm.get(VM.PV_BOOTLOADER);
        String args = vm.get(VM.PV_ARGS);
        if (bootloader.isEmpty()) {
            String ramdisk = vm.get(VM.PV_RAMDISK);
            return build.kernel(BootFiles.resolve("kernel", vm.get(VM.PV_KERNEL), bootFolders))
                    .ramdisk(ramdisk.isEmpty() ? null : BootFiles.resolve("ramdisk", ramdisk, bootFolders))
                    .cmdline(args.isEmpty() ? null : args);
        }
        if (!bootloader.equals("pygrub")) {
            throw Errors.unknownBootloader(ref.value(), bootloader);
        }
        String all = (args + " " + vm.get(VM.PV_LEGACY_ARGS)).strip();
        return build.bootloader(bootloader)
                .bootloaderArgs(words(vm.get(VM.PV_BOOTLOADER_ARGS)))
                .cmdline(all.isEmpty() ? null : all);
    }

    private static List<String> words(String text) {
        List<String> words = new ArrayList<>(List.of(text.strip().split("\\s+")));
        words.removeIf(String::isEmpty);
        return words;
    }

    private DomainBuildInfo hvm(DomainBuildInfo.Builder build, boolean uefi) {
        boolean std = platform.text("vga", "cirrus").equals("std");
        boolean usb = platform.isTrue("usb", true);
        String order = vm.get(VM.HVM_BOOT_PARAMS).getOrDefault("order", "");
        String serial = platform.serial(vm.get(VM.OTHER_CONFIG));
        // The emulated cards do not work with less.
        long videoMib = Math.max(platform.number("videoram", 0), std ? 16 : 8);
        double shadow = vm.get(VM.HVM_SHADOW_MULTIPLIER);
        if (shadow > 1) {
            build.shadowMemkb((long) (shadow * shadowKib()));
        }
        String offset = platform.text("timeoffset", "0");
        return build.videoMemkb(videoMib * 1024)
                .rtcTimeoffset(offset.matches("-?\\d{1,9}") ? Integer.valueOf(offset) : 0)
                .acpi(platform.isTrue("acpi", true))
                .apic(platform.isTrue("apic", true))
                .nestedHvm(platform.isTrue("nested-virt", false))
                .hvm(HvmInfo.builder()
                        .bios(uefi ? BiosType.OVMF : BiosType.SEABIOS)
                        .pae(platform.isTrue("pae", true))
                        .nx(platform.isTrue("nx", true))
                        .acpiS3(platform.given("acpi_s3"))
                        .acpiS4(platform.given("acpi_s4"))
                        .viridian(platform.isTrue("viridian", false))
                        .hpet(platform.given("hpet"))
                        .vga(std ? VgaInterfaceType.STD : VgaInterfaceType.CIRRUS)
                        .vnc(VncInfo.on(LOOPBACK))
                        .keymap(platform.text("keymap", null))
                        .serial(serial.equals("none") ? null : serial)
                        .boot(order.matches("[acdn]+") ? order : "cd")
                        .usb(usb)
                        .usbdevice(usb && platform.isTrue("usb_tablet", true) ? "tablet" : null)
                        .msVmGenid(generation())
                        .build())
                .build();
    }

    /** What libxl thinks paging of such a domain needs at most: 256 pages a CPU and two a MiB. */
    private long shadowKib() {
        return 4 * (256L * vcpusMax() + 2 * (vm.get(VM.MEMORY_STATIC_MAX) >> 20));
    }

    /** XAPI's form of a generation id is two 64-bit numbers; Xen's is a UUID. */
    private String generation() {
        Matcher halves = GENERATION.matcher(vm.get(VM.GENERATION_ID));
        if (!halves.matches()) {
            return null;
        }
        try {
            return new UUID(Long.parseLong(halves.group(1)), Long.parseLong(halves.group(2))).toString();
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
