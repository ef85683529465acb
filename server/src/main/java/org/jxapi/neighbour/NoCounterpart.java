package org.jxapi.neighbour;

import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.neighbour.guest.Outcome;
import org.jxapi.neighbour.guest.Report;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** Settings of a VM that xl and libvirt do not have. */
final class NoCounterpart {
    /** Keys of platform that end up in the configuration of a domain. */
    private static final Set<String> WRITTEN = Set.of(
            "acpi",
            "apic",
            "pae",
            "nx",
            "acpi_s3",
            "acpi_s4",
            "viridian",
            "hpet",
            "vga",
            "videoram",
            "keymap",
            "hvm_serial",
            "usb",
            "usb_tablet",
            "nested-virt",
            "tsc_mode",
            "max_grant_frames",
            "max_maptrack_frames",
            "pvfb",
            "timeoffset");
    /** Keys of other_config that are jxapi's and XAPI's own notes, or end up in the configuration. */
    private static final Set<String> OWN = Set.of("mac_seed", "import_task", "pci", "hvm_serial", "foreign");

    private final Snapshot now;
    private final Ref<VM> vm;
    private final boolean libvirt;
    private final Report report = new Report();

    NoCounterpart(Snapshot now, Ref<VM> vm, boolean libvirt) {
        this.now = now;
        this.vm = vm;
        this.libvirt = libvirt;
    }

    private void missing(String key, boolean set, String why) {
        if (set) {
            report.add(key, 0, Outcome.IGNORED, why);
        }
    }

    Report report(DomainConfig config) {
        Row<VM> row = now.row(vm);
        missing("name-description", !row.get(VM.NAME_DESCRIPTION).isEmpty(), "the tool has no description of a VM");
        missing("snapshots", !row.get(VM.SNAPSHOTS).isEmpty(), "snapshots stay with this VM");
        missing("tags", !row.get(VM.TAGS).isEmpty(), "the tool has no tags");
        missing("bios-strings", !row.get(VM.BIOS_STRINGS).isEmpty(), "write them as the tool's SMBIOS settings");
        missing("NVRAM", !row.get(VM.NVRAM).isEmpty(), "the guest gets new UEFI variables");
        missing("xenstore-data", !row.get(VM.XENSTORE_DATA).isEmpty(), "the guest does not find it in xenstore");
        missing("blocked-operations", !row.get(VM.BLOCKED_OPERATIONS).isEmpty(), "the tool blocks no operations");
        missing("start-delay", row.get(VM.START_DELAY) != 0, "the tool starts the guest at once");
        missing("ha-restart-priority", !row.get(VM.HA_RESTART_PRIORITY).isEmpty(), "the tool protects no VMs");
        missing("appliance", now.find(row.get(VM.APPLIANCE)).isPresent(), "the tool has no appliances");
        row.get(VM.PLATFORM)
                .forEach((key, value) -> missing("platform:" + key, !WRITTEN.contains(key), "only jxapi knows it"));
        row.get(VM.OTHER_CONFIG)
                .forEach((key, value) -> missing("other-config:" + key, !OWN.contains(key), "only jxapi knows it"));
        row.get(VM.VBDS).forEach(this::disk);
        row.get(VM.VIFS).forEach(this::nic);
        if (libvirt) {
            libvirt(config);
        }
        return report;
    }

    private void disk(Ref<VBD> vbd) {
        Ref<VDI> vdi = now.get(vbd, VBD.VDI);
        boolean reset = now.find(vdi).isPresent() && now.get(vdi, VDI.ON_BOOT) == OnBoot.RESET;
        missing(
                "disk " + now.get(vbd, VBD.USERDEVICE) + " on-boot=reset",
                reset,
                "the tool keeps what the guest writes");
    }

    private void nic(Ref<VIF> vif) {
        boolean locked = !now.get(vif, VIF.IPV4_ALLOWED).isEmpty()
                || !now.get(vif, VIF.IPV6_ALLOWED).isEmpty();
        missing("VIF " + now.get(vif, VIF.DEVICE) + " allowed addresses", locked, "the tool filters no packets");
    }

    private void libvirt(DomainConfig config) {
        missing(
                "VCPUs-params:weight, VCPUs-params:cap",
                config.bInfo().schedParams() != null,
                "set them with virsh schedinfo");
        HvmInfo hvm = config.bInfo().hvm();
        if (hvm != null) {
            String serial = hvm.serial() == null ? "pty" : hvm.serial();
            missing("platform:hvm_serial", !serial.equals("pty"), "write a serial port for " + serial);
            missing("generation-id", hvm.msVmGenid() != null, "libvirt's Xen driver has none");
            missing("has-vendor-device", hvm.vendorDevice() != null, "libvirt's Xen driver has none");
        }
    }
}
