package org.jxapi.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.ActionOnShutdown;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainType;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.hypervisor.VfbConfig;
import org.jxapi.hypervisor.VkbConfig;
import org.jxapi.hypervisor.VncInfo;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;

/** Turns a VM with its VBDs and VIFs into the configuration of a domain. */
public final class DomainConfigs {
    /** The interval over which libxl's own tools spread a rate limit, in microseconds. */
    private static final int RATE_INTERVAL = 50_000;

    private static final Pattern PCI =
            Pattern.compile("\\d+/([0-9a-fA-F]{4}):([0-9a-fA-F]{2}):([0-9a-fA-F]{2})\\.([0-7])");

    private final Disks disks;
    private final List<Path> bootFolders;

    public DomainConfigs(Disks disks) {
        this(disks, BootFiles.FOLDERS);
    }

    DomainConfigs(Disks disks, List<Path> bootFolders) {
        this.disks = disks;
        this.bootFolders = bootFolders;
    }

    DomainConfig of(Snapshot snapshot, Ref<VM> ref) {
        return of(snapshot, ref, Set.copyOf(snapshot.get(ref, VM.VBDS)));
    }

    /**
     * The same with some of the VM's disks.
     *
     * @param vbds those that the domain gets
     */
    DomainConfig of(Snapshot snapshot, Ref<VM> ref, Set<Ref<VBD>> vbds) {
        Row whole = snapshot.row(VM.XEN_CLASS, ref);
        Row vm = whole.with(
                VM.VBDS, whole.get(VM.VBDS).stream().filter(vbds::contains).toList());
        DomainType type = type(vm);
        DomainConfig.Builder config = DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(type)
                        .name(DomainNames.of(snapshot, ref))
                        .uuid(UUID.fromString(vm.get(VM.UUID)))
                        .xsdata(xenstoreData(vm))
                        .platformdata(new Platform(vm).shown())
                        .build())
                .bInfo(new GuestBuild(ref, vm, type, bootFolders).info())
                .disks(disksOf(snapshot, vm, type))
                .nics(nicsOf(snapshot, vm))
                .pcidevs(pciOf(vm));
        if (VmConsoles.framebuffer(vm)) {
            String keymap = vm.get(VM.PLATFORM).get("keymap");
            config.vfbs(List.of(new VfbConfig(0, null, VncInfo.on("127.0.0.1"), keymap)))
                    .vkbs(List.of(new VkbConfig(0, null, null, null, 0, 0)));
        }
        // A domain that ends stays until this daemon has seen why and done what the VM says.
        return config.onPoweroff(ActionOnShutdown.PRESERVE)
                .onReboot(ActionOnShutdown.PRESERVE)
                .onWatchdog(ActionOnShutdown.PRESERVE)
                .onCrash(ActionOnShutdown.PRESERVE)
                .onSoftReset(ActionOnShutdown.PRESERVE)
                .build();
    }

    static DomainType type(Row vm) {
        return switch (vm.get(VM.DOMAIN_TYPE)) {
            case PV -> DomainType.PV;
            case PVH, PV_IN_PVH -> DomainType.PVH;
            case HVM -> DomainType.HVM;
            case UNSPECIFIED -> vm.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainType.PV : DomainType.HVM;
        };
    }

    /** What a client wants its guest to find in xenstore; other paths there are the toolstack's. */
    private static Map<String, String> xenstoreData(Row vm) {
        Map<String, String> data = new TreeMap<>();
        vm.get(VM.XENSTORE_DATA).forEach((key, value) -> {
            if (key.matches("(vm-data|FIST)(/[A-Za-z0-9_@:+.-]+)*")) {
                data.put(key, value);
            }
        });
        return data;
    }

    /** The VM's disks; those to boot from come first, as that is where a boot loader looks. */
    private List<DiskConfig> disksOf(Snapshot snapshot, Row vm, DomainType type) {
        List<Row> vbds = new ArrayList<>();
        for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
            ForeignRules.unknown(snapshot, vbd).ifPresent(error -> {
                throw error;
            });
            vbds.add(snapshot.row(VBD.XEN_CLASS, vbd));
        }
        vbds.sort(Comparator.comparing((Row vbd) -> !vbd.get(VBD.BOOTABLE) || vbd.get(VBD.EMPTY))
                .thenComparing(vbd -> number(vbd.get(VBD.USERDEVICE))));
        return vbds.stream()
                // An empty drive is for HVM only: others see discs come and go as whole disks.
                .filter(vbd -> type == DomainType.HVM || !vbd.get(VBD.EMPTY))
                .map(vbd -> disk(snapshot, vbd))
                .toList();
    }

    private static int number(String userdevice) {
        return userdevice.matches("\\d{1,9}") ? Integer.parseInt(userdevice) : Integer.MAX_VALUE;
    }

    /** The disk of a VBD, whose device name must be known. */
    public DiskConfig disk(Snapshot snapshot, Row vbd) {
        String path = vbd.get(VBD.EMPTY)
                ? null
                : disks.file(snapshot, vbd.get(VBD.VDI)).toString();
        boolean hvm = type(snapshot.row(VM.XEN_CLASS, vbd.get(VBD.VM))) == DomainType.HVM;
        if (vbd.get(VBD.TYPE) == VbdType.CD && hvm) {
            return DiskConfig.cdrom(path, vbd.get(VBD.DEVICE));
        }
        // Raw files and block devices go through the kernel's backend, files by a loop device: no process a disk.
        return DiskConfig.disk(path, vbd.get(VBD.DEVICE), DiskFormat.RAW).toBuilder()
                .readwrite(vbd.get(VBD.TYPE) != VbdType.CD
                        && vbd.get(VBD.MODE) == VbdMode.RW
                        && !snapshot.get(vbd.get(VBD.VDI), VDI.READ_ONLY))
                .build();
    }

    private static List<NicConfig> nicsOf(Snapshot snapshot, Row vm) {
        return vm.get(VM.VIFS).stream()
                .map(vif -> snapshot.row(VIF.XEN_CLASS, vif))
                .sorted(Comparator.comparing(vif -> number(vif.get(VIF.DEVICE))))
                .map(vif -> nic(snapshot, vif))
                .toList();
    }

    /**
     * The network interface of a VIF. Its locking mode is not enforced: stock Xen's scripts know nothing like it.
     */
    public static NicConfig nic(Snapshot snapshot, Row vif) {
        NicConfig.Builder nic = NicConfig.builder()
                .devid(Integer.valueOf(vif.get(VIF.DEVICE)))
                .mac(vif.get(VIF.MAC))
                .mtu((int) (long) vif.get(VIF.MTU))
                .bridge(snapshot.get(vif.get(VIF.NETWORK), Network.BRIDGE));
        String kibps = vif.get(VIF.QOS_ALGORITHM_PARAMS).getOrDefault("kbps", "");
        if (vif.get(VIF.QOS_ALGORITHM_TYPE).equals("ratelimit") && kibps.matches("0*[1-9]\\d{0,9}")) {
            nic.rateIntervalUsecs(RATE_INTERVAL)
                    .rateBytesPerInterval(Math.max(1, Long.parseLong(kibps) * 1024 * RATE_INTERVAL / 1_000_000));
        }
        return nic.build();
    }

    /** Devices of {@code other_config:pci}, such as {@code 0/0000:81:00.0,0/0000:81:00.1}. */
    private static List<PciConfig> pciOf(Row vm) {
        List<PciConfig> devices = new ArrayList<>();
        Matcher device = PCI.matcher(vm.get(VM.OTHER_CONFIG).getOrDefault("pci", ""));
        while (device.find()) {
            devices.add(PciConfig.at(
                    Integer.parseInt(device.group(1), 16),
                    Integer.parseInt(device.group(2), 16),
                    Integer.parseInt(device.group(3), 16),
                    Integer.parseInt(device.group(4))));
        }
        return devices;
    }
}
