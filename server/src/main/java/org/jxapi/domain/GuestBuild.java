package org.jxapi.domain;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.BiosType;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.PvInfo;
import org.jxapi.hypervisor.PvhInfo;
import org.jxapi.hypervisor.TscMode;
import org.jxapi.hypervisor.VendorDevice;
import org.jxapi.hypervisor.VgaInterfaceType;
import org.jxapi.hypervisor.VncInfo;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;

/** The parts from which a guest is built: CPUs, memory, kernel or firmware, virtual hardware. */
public final class GuestBuild {
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern GENERATION = Pattern.compile("(-?\\d{1,19}):(-?\\d{1,19})");
    private static final UUID NO_GENERATION = new UUID(0, 0);

    private final Ref<VM> ref;
    private final Row<VM> vm;
    private final DomainKind type;
    private final Platform platform;
    private final Firmware firmware;
    private final @Nullable List<Path> bootFolders;

    /** @param bootFolders where kernels may be; null for a guest that goes on from its memory: nothing reads its kernel */
    GuestBuild(Ref<VM> ref, Row<VM> vm, DomainKind type, Firmware firmware, @Nullable List<Path> bootFolders) {
        this.ref = ref;
        this.vm = vm;
        this.type = type;
        this.platform = new Platform(vm);
        this.firmware = firmware;
        this.bootFolders = bootFolders;
    }

    /**
     * Everything but the host CPUs that the virtual ones may run on.
     *
     * @param hostMask {@code host.guest_VCPUs_params}, which bounds those of all guests
     * @param clock how far an HVM guest's clock is from UTC, in seconds
     */
    DomainBuildInfo info(Map<String, String> hostMask, int clock) {
        boolean uefi = type == DomainKind.HVM && uefi(vm);
        platform.check(vm, uefi, type == DomainKind.HVM);
        BiosStrings.checkStored(vm);
        if (uefi) {
            firmware.check(platform);
        }
        if (type == DomainKind.HVM && platform.isTrue("vtpm", false)) {
            // XAPI makes a VTPM then, and fails so where it may not.
            throw new XenApiException("FEATURE_RESTRICTED", List.of("restrict_vtpm"));
        }
        DomainBuildInfo.Builder build = DomainBuildInfo.builder()
                .maxVcpus(vcpusMax())
                .availVcpus(first(Math.toIntExact(vm.get(VM.VCPUS_AT_STARTUP))))
                .maxMemkb(vm.get(VM.MEMORY_STATIC_MAX) / 1024)
                .targetMemkb(vm.get(VM.MEMORY_DYNAMIC_MAX) / 1024);
        new GuestCpus(vm, hostMask).addTo(build);
        build.maxGrantFrames(platform.count("max_grant_frames"))
                .maxMaptrackFrames(platform.count("max_maptrack_frames"));
        if (platform.tscMode() != null) {
            build.tscMode(TscMode.values()[platform.tscMode()]);
        }
        return switch (type) {
            case HVM -> hvm(build.rtcTimeoffset(clock), uefi);
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
        return Math.toIntExact(vm.get(VM.VCPUS_MAX));
    }

    private static Set<Integer> first(int count) {
        Set<Integer> cpus = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            cpus.add(i);
        }
        return cpus;
    }

    /**
     * Whether an HVM guest boots by UEFI; INVALID_VALUE when its firmware is neither that nor BIOS, or what becomes of
     * its EFI variables is not known.
     */
    public static boolean uefi(Row<VM> vm) {
        String firmware = vm.get(VM.HVM_BOOT_PARAMS).getOrDefault("firmware", "bios");
        if (!firmware.equals("uefi")) {
            if (!firmware.equals("bios")) {
                throw Errors.invalidValue("HVM-boot-params['firmware']", firmware);
            }
            return false;
        }
        String onBoot = vm.get(VM.NVRAM).getOrDefault("EFI-variables-on-boot", "persist");
        if (!onBoot.equals("persist") && !onBoot.equals("reset")) {
            throw Errors.invalidValue("NVRAM['EFI-variables-on-boot']", onBoot);
        }
        return true;
    }

    private @Nullable Boolean pvInPvh() {
        return vm.get(VM.DOMAIN_TYPE) == org.jxapi.xenapi.DomainType.PV_IN_PVH ? Boolean.TRUE : null;
    }

    private DomainBuildInfo.Builder kernel(DomainBuildInfo.Builder build) {
        String bootloader = vm.get(VM.PV_BOOTLOADER);
        String args = vm.get(VM.PV_ARGS);
        if (bootloader.isEmpty()) {
            return build.kernel(file("kernel", vm.get(VM.PV_KERNEL)))
                    .ramdisk(vm.get(VM.PV_RAMDISK).isEmpty() ? null : file("ramdisk", vm.get(VM.PV_RAMDISK)))
                    .cmdline(args.isEmpty() ? null : args);
        }
        if (!bootloader.equals("pygrub")) {
            throw Errors.unknownBootloader(ref.value(), bootloader);
        }
        String all = (args + " " + vm.get(VM.PV_LEGACY_ARGS)).strip();
        return build.bootloader(bootloader)
                .bootloaderArgs(BootloaderArguments.of(vm.get(VM.PV_BOOTLOADER_ARGS)))
                .cmdline(all.isEmpty() ? null : all);
    }

    private @Nullable String file(String kind, String path) {
        if (bootFolders == null) {
            return path.isEmpty() ? null : path;
        }
        return BootFiles.resolve(kind, path, bootFolders);
    }

    private DomainBuildInfo hvm(DomainBuildInfo.Builder build, boolean uefi) {
        boolean std = platform.text("vga", "cirrus").equals("std");
        boolean usb = platform.isTrue("usb", true);
        String serial = platform.serial(vm.get(VM.OTHER_CONFIG));
        // The emulated cards do not work with less.
        long videoMib = platform.videoMib(std ? 16 : 8);
        double shadow = vm.get(VM.HVM_SHADOW_MULTIPLIER);
        if (shadow > 1) {
            build.shadowMemkb((long) (shadow * shadowKib()));
        }
        return build.videoMemkb(videoMib * 1024)
                .acpi(platform.isTrue("acpi", true))
                .apic(platform.isTrue("apic", true))
                .nestedHvm(platform.isTrue(Platform.NESTED_VIRT, false))
                .hvm(HvmInfo.builder()
                        .bios(uefi ? BiosType.OVMF : BiosType.SEABIOS)
                        .systemFirmware(
                                uefi && firmware.file() != null
                                        ? firmware.file().toString()
                                        : null)
                        .pae(platform.isTrue("pae", true))
                        .nx(platform.isTrue("nx", true))
                        .acpiS3(platform.given("acpi_s3"))
                        .acpiS4(platform.given("acpi_s4"))
                        .viridian(platform.isTrue("viridian", false))
                        .viridianEnable(platform.viridian(true))
                        .viridianDisable(platform.viridian(false))
                        .mmioHoleMemkb(platform.mmioHoleKib())
                        .hpet(platform.given("hpet"))
                        .vga(std ? VgaInterfaceType.STD : VgaInterfaceType.CIRRUS)
                        .vnc(VncInfo.on(LOOPBACK))
                        .keymap(platform.keymap())
                        .serial(serial.equals("none") ? null : serial)
                        .boot(bootOrder())
                        .usb(usb)
                        .usbdevice(usb && platform.isTrue("usb_tablet", true) ? "tablet" : null)
                        .vendorDevice(vm.get(VM.HAS_VENDOR_DEVICE) ? VendorDevice.XENSERVER : null)
                        .msVmGenid(generation())
                        .build())
                .build();
    }

    /** Disk and CD when nothing is said, as in XAPI. QEMU takes options behind the letters. */
    private String bootOrder() {
        String order = vm.get(VM.HVM_BOOT_PARAMS).getOrDefault("order", "");
        if (!order.matches("[acdn]{0,8}")) {
            throw Errors.invalidValue("HVM-boot-params['order']", order);
        }
        return order.isEmpty() ? "cd" : order;
    }

    /** libxl's bound for the paging memory of such a domain: 256 pages per CPU and two per MiB. */
    private long shadowKib() {
        return 4 * (256L * vcpusMax() + 2 * (vm.get(VM.MEMORY_STATIC_MAX) >> 20));
    }

    /** XAPI's form of a generation id is two 64-bit numbers, of which two zeros stand for none; Xen's is a UUID. */
    private @Nullable String generation() {
        Matcher halves = GENERATION.matcher(vm.get(VM.GENERATION_ID));
        if (!halves.matches()) {
            return null;
        }
        try {
            UUID id = new UUID(Long.parseLong(halves.group(1)), Long.parseLong(halves.group(2)));
            return id.equals(NO_GENERATION) ? null : id.toString();
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
