package org.jxapi.hypervisor.libxl;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jxapi.hypervisor.ActionOnShutdown;
import org.jxapi.hypervisor.BiosType;
import org.jxapi.hypervisor.ChannelConfig;
import org.jxapi.hypervisor.ChannelConnection;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.DomainSchedParams;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.NicType;
import org.jxapi.hypervisor.P9Config;
import org.jxapi.hypervisor.Passthrough;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.PvInfo;
import org.jxapi.hypervisor.PvhInfo;
import org.jxapi.hypervisor.RdmReservePolicy;
import org.jxapi.hypervisor.Scheduler;
import org.jxapi.hypervisor.TscMode;
import org.jxapi.hypervisor.UsbControllerConfig;
import org.jxapi.hypervisor.UsbControllerType;
import org.jxapi.hypervisor.UsbDeviceConfig;
import org.jxapi.hypervisor.VendorDevice;
import org.jxapi.hypervisor.VfbConfig;
import org.jxapi.hypervisor.VgaInterfaceType;
import org.jxapi.hypervisor.VkbBackend;
import org.jxapi.hypervisor.VkbConfig;
import org.jxapi.hypervisor.VncInfo;
import org.jxapi.hypervisor.VtpmConfig;

/** Configurations in which every setting has a value that is not libxl's default. */
final class Samples {
    private Samples() {}

    static DomainConfig hvm() {
        return full(DomainKind.HVM).build();
    }

    /** A usual domain: libxl takes 3 ms to read one with every setting, much less for this. */
    static DomainConfig small() {
        return DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(DomainKind.PV)
                        .name("small")
                        .uuid(UUID.fromString("11111111-2222-3333-4444-555555555555"))
                        .build())
                .bInfo(DomainBuildInfo.builder()
                        .maxVcpus(2)
                        .maxMemkb(262144L)
                        .targetMemkb(131072L)
                        .kernel("/boot/vmlinuz")
                        .ramdisk("/boot/initrd")
                        .cmdline("console=hvc0")
                        .pv(new PvInfo(null, null, null))
                        .build())
                .disks(List.of(disk()))
                .nics(List.of(nic()))
                .build();
    }

    static DomainConfig pv() {
        return full(DomainKind.PV).build();
    }

    static DomainConfig pvh() {
        return full(DomainKind.PVH).build();
    }

    private static DomainConfig.Builder full(DomainKind type) {
        return DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(type)
                        .name("näme")
                        .uuid(UUID.fromString("11111111-2222-3333-4444-555555555555"))
                        .hap(true)
                        .ssidref(7)
                        .ssidLabel("label")
                        .xsdata(Map.of("vm-data/a", "1"))
                        .platformdata(Map.of("b", "2"))
                        .poolid(1)
                        .runHotplugScripts(false)
                        .driverDomain(true)
                        .passthrough(Passthrough.ENABLED)
                        .build())
                .bInfo(build(type))
                .disks(List.of(disk()))
                .nics(List.of(nic()))
                .pcidevs(List.of(pci()))
                .vfbs(List.of(vfb()))
                .vkbs(List.of(vkb()))
                .vtpms(List.of(vtpm()))
                .p9s(List.of(p9()))
                .channels(List.of(channel()))
                .usbctrls(List.of(usbController()))
                .usbdevs(List.of(usbDevice()))
                .onPoweroff(ActionOnShutdown.PRESERVE)
                .onReboot(ActionOnShutdown.RESTART_RENAME)
                .onWatchdog(ActionOnShutdown.COREDUMP_DESTROY)
                .onCrash(ActionOnShutdown.COREDUMP_RESTART)
                .onSoftReset(ActionOnShutdown.RESTART);
    }

    private static DomainBuildInfo build(DomainKind type) {
        DomainBuildInfo.Builder build = DomainBuildInfo.builder()
                .maxVcpus(4)
                .availVcpus(Set.of(0, 2))
                .cpumap(Set.of(1, 9))
                .nodemap(Set.of(0))
                .vcpuHardAffinity(List.of(Set.of(0), Set.of(1, 3)))
                .vcpuSoftAffinity(List.of(Set.of(2)))
                .numaPlacement(true)
                .tscMode(TscMode.NATIVE)
                .maxMemkb(262144L)
                .targetMemkb(131072L)
                .videoMemkb(16384L)
                .shadowMemkb(4096L)
                .rtcTimeoffset(3600)
                .localtime(true)
                .disableMigrate(true)
                .cpuid(List.of())
                .blkdevStart("xvdc")
                .maxGrantFrames(64)
                .maxMaptrackFrames(1024)
                .maxGrantVersion(1)
                .deviceModelStubdomain(false)
                .deviceModel("/usr/bin/qemu")
                .deviceModelUser("nobody")
                .extra(List.of("-a"))
                .extraPv(List.of("-b"))
                .extraHvm(List.of("-c", "ü"))
                .schedParams(new DomainSchedParams(Scheduler.CREDIT2, 512, 50, 10000, 5000, 1))
                .claimMode(true)
                .eventChannels(2047)
                .kernel("/boot/vmlinuz")
                .cmdline("console=hvc0 \"quoted\"")
                .ramdisk("/boot/initrd")
                .acpi(true)
                .bootloader("pygrub")
                .bootloaderArgs(List.of("--debug"))
                .nestedHvm(false)
                .apic(true)
                .dmRestrict(true);
        return switch (type) {
            case HVM -> build.hvm(hvmInfo()).build();
            case PV -> build.pv(new PvInfo(64L, null, true)).build();
            default ->
                build.pvh(new PvhInfo(true, "/shim", "loglvl=all", "extra")).build();
        };
    }

    private static HvmInfo hvmInfo() {
        return HvmInfo.builder()
                .firmware("/fw")
                .bios(BiosType.OVMF)
                .pae(true)
                .acpiS3(false)
                .acpiS4(true)
                .nx(true)
                .viridian(true)
                .viridianEnable(Set.of(3, 7, 8))
                .viridianDisable(Set.of(1, 6))
                .timeoffset("5")
                .hpet(false)
                .vptAlign(true)
                .mmioHoleMemkb(262144L)
                .systemFirmware("/sys")
                .smbiosFirmware("/smbios")
                .acpiFirmware("/acpi")
                .nographic(true)
                .vga(VgaInterfaceType.STD)
                .vnc(new VncInfo(true, "0.0.0.0", "secret", 7, true))
                .keymap("de")
                .serial("pty")
                .boot("dc")
                .usb(true)
                .usbversion(3)
                .usbdevice("tablet")
                .xenPlatformPci(true)
                .serialList(List.of("pty", "null"))
                .vendorDevice(VendorDevice.XENSERVER)
                .msVmGenid("01234567-89ab-cdef-8123-456789abcdef")
                .build();
    }

    static DiskConfig disk() {
        return new DiskConfig(
                3, "/dev/x", "xvda", DiskBackend.QDISK, DiskFormat.QCOW2, "block-x", true, true, true, true, true);
    }

    static NicConfig nic() {
        return NicConfig.builder()
                .backendDomid(2)
                .devid(1)
                .mtu(9000)
                .model("e1000")
                .mac("00:16:3e:01:02:03")
                .ip("192.0.2.1")
                .bridge("xenbr0")
                .ifname("vifx")
                .script("/etc/xen/scripts/vif-bridge")
                .nictype(NicType.VIF_IOEMU)
                .rateBytesPerInterval(1_000_000)
                .rateIntervalUsecs(50_000)
                .gatewaydev("eth9")
                .build();
    }

    static PciConfig pci() {
        return new PciConfig(1, 2, 3, 4, 5, 6, true, true, true, true, RdmReservePolicy.RELAXED, "dev");
    }

    static VfbConfig vfb() {
        return new VfbConfig(1, 2, new VncInfo(true, "127.0.0.1", "pw", 3, true), "fr");
    }

    static VkbConfig vkb() {
        return new VkbConfig(1, 2, VkbBackend.LINUX, "unique", 640, 480);
    }

    static VtpmConfig vtpm() {
        return new VtpmConfig(1, 2, UUID.fromString("99999999-2222-3333-4444-555555555555"));
    }

    static P9Config p9() {
        return new P9Config(1, 2, "share", "/srv", "mapped");
    }

    static ChannelConfig channel() {
        return new ChannelConfig(1, 2, "org.jxapi.test", ChannelConnection.SOCKET, "/run/x");
    }

    static UsbControllerConfig usbController() {
        return new UsbControllerConfig(1, 2, UsbControllerType.DEVICEMODEL, 3, 8);
    }

    static UsbDeviceConfig usbDevice() {
        return new UsbDeviceConfig(1, 2, 3, 4);
    }
}
