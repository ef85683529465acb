package org.jxapi.domain;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.ActionOnShutdown;
import org.jxapi.hypervisor.DiskBackend;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.VfbConfig;
import org.jxapi.hypervisor.VkbBackend;
import org.jxapi.hypervisor.VkbConfig;
import org.jxapi.hypervisor.VncInfo;
import org.jxapi.local.ThisHost;
import org.jxapi.storage.Disks;
import org.jxapi.store.Snapshot;
import org.jxapi.volume.GuestDisk;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostNumaAffinityPolicy;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdType;

/** Turns a VM with its VBDs and VIFs into the configuration of a domain. */
public final class DomainConfigs {
    private final Disks disks;
    private final Firmware firmware;
    private final List<Path> bootFolders;

    public DomainConfigs(Disks disks, Firmware firmware) {
        this(disks, firmware, BootFiles.FOLDERS);
    }

    public DomainConfigs(Disks disks, Firmware firmware, List<Path> bootFolders) {
        this.disks = disks;
        this.firmware = firmware;
        this.bootFolders = bootFolders;
    }

    public DomainConfig of(Snapshot snapshot, Ref<VM> ref) {
        return of(snapshot, ref, Set.copyOf(snapshot.get(ref, VM.VBDS)));
    }

    /** The host that a VM is coming to, else the one that it is on, else the one that this daemon runs on. */
    static Ref<Host> host(Snapshot snapshot, Row<VM> vm) {
        for (Ref<Host> host : List.of(vm.get(VM.SCHEDULED_TO_BE_RESIDENT_ON), vm.get(VM.RESIDENT_ON))) {
            if (snapshot.find(host).isPresent()) {
                return host;
            }
        }
        return ThisHost.ref(snapshot);
    }

    /**
     * The same with some of the VM's disks.
     *
     * @param vbds those that the domain gets
     */
    public DomainConfig of(Snapshot snapshot, Ref<VM> ref, Set<Ref<VBD>> vbds) {
        return of(snapshot, ref, vbds, false);
    }

    /** The same for a guest that goes on from its memory: of the type that it booted with, and without files to boot from. */
    public DomainConfig resumed(Snapshot snapshot, Ref<VM> ref, Set<Ref<VBD>> vbds) {
        return of(snapshot, ref, vbds, true);
    }

    private DomainConfig of(Snapshot snapshot, Ref<VM> ref, Set<Ref<VBD>> vbds, boolean resumed) {
        Row<VM> stored = snapshot.row(ref);
        Row<VM> whole = resumed ? DomainKinds.booted(snapshot, stored) : stored;
        Row<VM> vm = whole.with(
                VM.VBDS, whole.get(VM.VBDS).stream().filter(vbds::contains).toList());
        DomainKind type = DomainKinds.of(vm);
        Row<Host> host = snapshot.row(host(snapshot, whole));
        DomainConfig.Builder config = DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(type)
                        .name(DomainNames.of(snapshot, ref))
                        .uuid(UUID.fromString(vm.get(VM.UUID)))
                        .xsdata(XenstoreText.data(vm.get(VM.XENSTORE_DATA)))
                        .platformdata(new Platform(vm).shown())
                        .build())
                .bInfo(placed(
                        new GuestBuild(ref, vm, type, firmware, resumed ? null : bootFolders)
                                .info(host.get(Host.GUEST_VCPUS_PARAMS), ClockOffset.of(snapshot, ref, vm)),
                        host.get(Host.NUMA_AFFINITY_POLICY)))
                .disks(disksOf(snapshot, vm, type))
                .nics(nicsOf(snapshot, vm))
                .pcidevs(PciDevices.all(snapshot, vm));
        if (GuestConsoles.framebuffer(vm)) {
            String keymap = new Platform(vm).keymap();
            config.vfbs(List.of(new VfbConfig(0, null, VncInfo.on("127.0.0.1"), keymap)))
                    .vkbs(List.of(new VkbConfig(0, null, VkbBackend.UNKNOWN, null, 0, 0)));
        }
        // A domain that ends stays until this daemon has seen why and done what the VM says.
        return config.onPoweroff(ActionOnShutdown.PRESERVE)
                .onReboot(ActionOnShutdown.PRESERVE)
                .onWatchdog(ActionOnShutdown.PRESERVE)
                .onCrash(ActionOnShutdown.PRESERVE)
                .onSoftReset(ActionOnShutdown.PRESERVE)
                .build();
    }

    /** Whether libxl looks for the nodes on which the guest fits best; a mask of CPUs leaves it no choice. */
    private static DomainBuildInfo placed(DomainBuildInfo build, HostNumaAffinityPolicy policy) {
        boolean masked = !build.vcpuHardAffinity().isEmpty();
        return masked || policy == HostNumaAffinityPolicy.DEFAULT_POLICY
                ? build
                : build.toBuilder()
                        .numaPlacement(policy == HostNumaAffinityPolicy.BEST_EFFORT)
                        .build();
    }

    /** The VM's disks; those to boot from come first, as that is where a boot loader looks. */
    private List<DiskConfig> disksOf(Snapshot snapshot, Row<VM> vm, DomainKind type) {
        List<Row<VBD>> vbds = new ArrayList<>();
        for (Ref<VBD> vbd : vm.get(VM.VBDS)) {
            ForeignRules.unknown(snapshot, vbd).ifPresent(error -> {
                throw error;
            });
            vbds.add(snapshot.row(vbd));
        }
        vbds.sort(Comparator.comparing((Row<VBD> vbd) -> !vbd.get(VBD.BOOTABLE) || vbd.get(VBD.EMPTY))
                .thenComparing(vbd -> place(vbd.get(VBD.USERDEVICE))));
        return vbds.stream()
                // An empty drive is for HVM only: others see discs come and go as whole disks.
                .filter(vbd -> type == DomainKind.HVM || !vbd.get(VBD.EMPTY))
                .map(vbd -> disk(snapshot, vbd, type))
                .toList();
    }

    private static long place(String userdevice) {
        return DeviceName.parse(userdevice)
                .map(place -> place.disk() * (long) DeviceName.NUMBERS + place.partition())
                .orElse(Long.MAX_VALUE);
    }

    private static int number(String userdevice) {
        return userdevice.matches("\\d{1,9}") ? Integer.parseInt(userdevice) : Integer.MAX_VALUE;
    }

    /** The disk of a VBD, whose device name must be known. */
    public DiskConfig disk(Snapshot snapshot, Row<VBD> vbd) {
        return disk(snapshot, vbd, DomainKinds.of(DomainKinds.booted(snapshot, snapshot.row(vbd.get(VBD.VM)))));
    }

    private DiskConfig disk(Snapshot snapshot, Row<VBD> vbd, DomainKind type) {
        GuestDisk given = vbd.get(VBD.EMPTY)
                ? null
                : disks.guestDisk(snapshot, vbd.get(VBD.VDI), host(snapshot, snapshot.row(vbd.get(VBD.VM))));
        String path = given == null ? null : given.path().toString();
        if (vbd.get(VBD.TYPE) == VbdType.CD && type == DomainKind.HVM) {
            return DiskConfig.cdrom(path, vbd.get(VBD.DEVICE));
        }
        boolean write = vbd.get(VBD.TYPE) != VbdType.CD
                && vbd.get(VBD.MODE) == VbdMode.RW
                && !snapshot.get(vbd.get(VBD.VDI), VDI.READ_ONLY);
        return DiskConfig.builder()
                .pdevPath(path)
                .vdev(vbd.get(VBD.DEVICE))
                .format(given == null ? DiskFormat.RAW : given.format())
                .backend(given == null ? DiskBackend.UNKNOWN : given.backend())
                .readwrite(write)
                // Blocks that the guest discards are free again: QEMU and the kernel make holes in the image.
                .discardEnable(write)
                .build();
    }

    private static List<NicConfig> nicsOf(Snapshot snapshot, Row<VM> vm) {
        return vm.get(VM.VIFS).stream()
                .map(vif -> snapshot.row(vif))
                .sorted(Comparator.comparing(vif -> number(vif.get(VIF.DEVICE))))
                .map(vif -> GuestNics.nic(snapshot, vif))
                .toList();
    }
}
