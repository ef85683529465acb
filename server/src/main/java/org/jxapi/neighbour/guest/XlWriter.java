package org.jxapi.neighbour.guest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.BiosType;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.VendorDevice;
import org.jxapi.hypervisor.VgaInterfaceType;

/** Writes the configuration of a domain as xl.cfg(5). */
public final class XlWriter {
    private final StringBuilder text = new StringBuilder();

    private XlWriter() {}

    public static String write(DomainConfig config, GuestActions actions) {
        XlWriter out = new XlWriter();
        out.all(config, actions);
        return out.text.toString();
    }

    private void all(DomainConfig config, GuestActions actions) {
        DomainBuildInfo build = config.bInfo();
        DomainKind kind = config.cInfo().type();
        text("name", config.cInfo().name());
        text("uuid", config.cInfo().uuid().toString());
        text("type", kind == DomainKind.HVM ? "hvm" : kind == DomainKind.PVH ? "pvh" : "pv");
        memory(build);
        vcpus(build);
        if (kind == DomainKind.HVM) {
            hvm(build);
        } else {
            text("bootloader", build.bootloader());
            list("bootloader_args", build.bootloaderArgs());
            text("kernel", build.kernel());
            text("ramdisk", build.ramdisk());
            text("cmdline", build.cmdline());
            list(
                    "vfb",
                    config.vfbs().stream()
                            .map(vfb -> "vnc=1" + (vfb.keymap() == null ? "" : ",keymap=" + vfb.keymap()))
                            .toList());
        }
        if (build.tscMode() != null) {
            text("tsc_mode", build.tscMode().name().toLowerCase(java.util.Locale.ROOT));
        }
        number("max_grant_frames", build.maxGrantFrames());
        number("max_maptrack_frames", build.maxMaptrackFrames());
        list("disk", config.disks().stream().map(XlWriter::disk).toList());
        list("vif", config.nics().stream().map(XlWriter::nic).toList());
        list("pci", config.pcidevs().stream().map(PciConfig::bdf).toList());
        text("on_poweroff", GuestActions.neighbours(actions.shutdown()));
        text("on_reboot", GuestActions.neighbours(actions.reboot()));
        text("on_crash", GuestActions.neighbours(actions.crash()));
    }

    private void memory(DomainBuildInfo build) {
        long most = build.maxMemkb() == null ? 0 : build.maxMemkb() / 1024;
        long target = build.targetMemkb() == null ? most : build.targetMemkb() / 1024;
        text.append("memory = ").append(target).append('\n');
        if (most > target) {
            text.append("maxmem = ").append(most).append('\n');
        }
    }

    private void vcpus(DomainBuildInfo build) {
        int most = build.maxVcpus() == null ? 1 : build.maxVcpus();
        Set<Integer> now = build.availVcpus();
        text.append("vcpus = ").append(now == null ? most : now.size()).append('\n');
        if (now != null && now.size() < most) {
            text.append("maxvcpus = ").append(most).append('\n');
        }
        list(
                "cpus",
                build.vcpuHardAffinity().stream()
                        .map(cpus -> cpus.stream().sorted().map(String::valueOf).collect(Collectors.joining(",")))
                        .toList());
        if (build.schedParams() != null) {
            number("cpu_weight", build.schedParams().weight());
            number("cap", build.schedParams().cap());
        }
    }

    private void hvm(DomainBuildInfo build) {
        flag("acpi", build.acpi());
        flag("apic", build.apic());
        flag("nestedhvm", build.nestedHvm());
        if (build.rtcTimeoffset() != null && build.rtcTimeoffset() != 0) {
            number("rtc_timeoffset", build.rtcTimeoffset());
        }
        if (build.videoMemkb() != null) {
            text.append("videoram = ").append(build.videoMemkb() / 1024).append('\n');
        }
        HvmInfo hvm = build.hvm();
        if (hvm == null) {
            return;
        }
        if (hvm.bios() != null) {
            text("bios", hvm.bios() == BiosType.OVMF ? "ovmf" : "seabios");
        }
        text("bios_path_override", hvm.systemFirmware());
        text("boot", hvm.boot());
        flag("pae", hvm.pae());
        flag("nx", hvm.nx());
        flag("acpi_s3", hvm.acpiS3());
        flag("acpi_s4", hvm.acpiS4());
        flag("viridian", hvm.viridian());
        flag("hpet", hvm.hpet());
        if (hvm.vga() != null) {
            text("vga", hvm.vga() == VgaInterfaceType.STD ? "stdvga" : "cirrus");
        }
        flag("vnc", hvm.vnc() != null);
        text("keymap", hvm.keymap());
        text("serial", hvm.serial());
        flag("usb", hvm.usb());
        if (hvm.usbdevice() != null) {
            list("usbdevice", List.of(hvm.usbdevice()));
        }
        if (hvm.vendorDevice() == VendorDevice.XENSERVER) {
            text("vendor_device", "xenserver");
        }
        text("ms_vm_genid", hvm.msVmGenid() == null ? null : "generate");
    }

    private static String disk(DiskConfig disk) {
        List<String> parts = new ArrayList<>();
        parts.add("vdev=" + disk.vdev());
        parts.add("access=" + (disk.readwrite() ? "rw" : "ro"));
        if (disk.isCdrom()) {
            parts.add("devtype=cdrom");
        }
        if (disk.format() != DiskFormat.EMPTY && disk.pdevPath() != null) {
            parts.add("format=" + disk.format().name().toLowerCase(java.util.Locale.ROOT));
            // It takes the rest, so that a path can have commas.
            parts.add("target=" + disk.pdevPath());
        }
        return String.join(",", parts);
    }

    private static String nic(NicConfig nic) {
        List<String> parts = new ArrayList<>();
        if (nic.devid() != null) {
            parts.add("devid=" + nic.devid());
        }
        if (nic.mac() != null) {
            parts.add("mac=" + nic.mac());
        }
        if (nic.bridge() != null) {
            parts.add("bridge=" + nic.bridge());
        }
        if (nic.mtu() != null) {
            parts.add("mtu=" + nic.mtu());
        }
        if (nic.rateBytesPerInterval() > 0 && nic.rateIntervalUsecs() > 0) {
            long perSecond = nic.rateBytesPerInterval() * 1_000_000L / nic.rateIntervalUsecs();
            parts.add("rate=" + perSecond + "B/s@" + nic.rateIntervalUsecs() + "us");
        }
        return String.join(",", parts);
    }

    private void text(String key, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            text.append(key).append(" = ").append(quoted(value)).append('\n');
        }
    }

    /** A string of xl's, with escapes that Python knows too. */
    private static String quoted(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private void number(String key, @Nullable Integer value) {
        if (value != null) {
            text.append(key).append(" = ").append(value).append('\n');
        }
    }

    private void flag(String key, @Nullable Boolean value) {
        if (value != null) {
            text.append(key).append(" = ").append(value ? 1 : 0).append('\n');
        }
    }

    private void list(String key, List<String> values) {
        if (!values.isEmpty()) {
            text.append(key)
                    .append(" = [ ")
                    .append(values.stream().map(XlWriter::quoted).collect(Collectors.joining(",\n    ")))
                    .append(" ]\n");
        }
    }
}
