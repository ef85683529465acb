package org.jxapi.vm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainType;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.PvInfo;
import org.jxapi.hypervisor.PvhInfo;
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
    private final Disks disks;

    public DomainConfigs(Disks disks) {
        this.disks = disks;
    }

    DomainConfig of(Snapshot snapshot, Ref<VM> ref) {
        Row vm = snapshot.row(VM.XEN_CLASS, ref);
        DomainType type = type(vm);
        return DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(type)
                        .name(vm.get(VM.UUID))
                        .uuid(UUID.fromString(vm.get(VM.UUID)))
                        .build())
                .bInfo(build(vm, type))
                .disks(disksOf(snapshot, vm))
                .nics(nicsOf(snapshot, vm))
                .build();
    }

    static DomainType type(Row vm) {
        return switch (vm.get(VM.DOMAIN_TYPE)) {
            case PV, PV_IN_PVH -> DomainType.PV;
            case PVH -> DomainType.PVH;
            case HVM -> DomainType.HVM;
            case UNSPECIFIED -> vm.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainType.PV : DomainType.HVM;
        };
    }

    private static DomainBuildInfo build(Row vm, DomainType type) {
        DomainBuildInfo.Builder build = DomainBuildInfo.builder()
                .maxVcpus((int) (long) vm.get(VM.VCPUS_MAX))
                .availVcpus(first((int) (long) vm.get(VM.VCPUS_AT_STARTUP)))
                .maxMemkb(vm.get(VM.MEMORY_STATIC_MAX) / 1024)
                .targetMemkb(vm.get(VM.MEMORY_DYNAMIC_MAX) / 1024);
        if (type == DomainType.HVM) {
            String order = vm.get(VM.HVM_BOOT_PARAMS).getOrDefault("order", "cd");
            return build.hvm(HvmInfo.builder().boot(order).build()).build();
        }
        build.kernel(emptyToNull(vm.get(VM.PV_KERNEL)))
                .ramdisk(emptyToNull(vm.get(VM.PV_RAMDISK)))
                .cmdline(emptyToNull(vm.get(VM.PV_ARGS)))
                .bootloader(emptyToNull(vm.get(VM.PV_BOOTLOADER)));
        return type == DomainType.PV
                ? build.pv(new PvInfo(null, null, null)).build()
                : build.pvh(new PvhInfo(null, null, null, null)).build();
    }

    private static String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static java.util.Set<Integer> first(int count) {
        java.util.Set<Integer> cpus = new java.util.TreeSet<>();
        for (int i = 0; i < count; i++) {
            cpus.add(i);
        }
        return cpus;
    }

    private List<DiskConfig> disksOf(Snapshot snapshot, Row vm) {
        List<Row> vbds = new ArrayList<>();
        vm.get(VM.VBDS).forEach(vbd -> vbds.add(snapshot.row(VBD.XEN_CLASS, vbd)));
        vbds.sort(Comparator.comparing(vbd -> vbd.get(VBD.USERDEVICE)));
        return vbds.stream().map(vbd -> disk(snapshot, vbd)).toList();
    }

    /** The disk of a VBD, whose device name must be known. */
    public DiskConfig disk(Snapshot snapshot, Row vbd) {
        String path = vbd.get(VBD.EMPTY)
                ? null
                : disks.file(snapshot, vbd.get(VBD.VDI)).toString();
        if (vbd.get(VBD.TYPE) == VbdType.CD) {
            return DiskConfig.cdrom(path, vbd.get(VBD.DEVICE));
        }
        return DiskConfig.disk(path, vbd.get(VBD.DEVICE), DiskFormat.RAW).toBuilder()
                .readwrite(vbd.get(VBD.MODE) == VbdMode.RW && !snapshot.get(vbd.get(VBD.VDI), VDI.READ_ONLY))
                .build();
    }

    private static List<NicConfig> nicsOf(Snapshot snapshot, Row vm) {
        return vm.get(VM.VIFS).stream()
                .map(vif -> nic(snapshot, snapshot.row(VIF.XEN_CLASS, vif)))
                .toList();
    }

    /** The network interface of a VIF. */
    public static NicConfig nic(Snapshot snapshot, Row vif) {
        return NicConfig.builder()
                .devid(Integer.valueOf(vif.get(VIF.DEVICE)))
                .mac(vif.get(VIF.MAC))
                .mtu((int) (long) vif.get(VIF.MTU))
                .bridge(snapshot.get(vif.get(VIF.NETWORK), Network.BRIDGE))
                .build();
    }
}
