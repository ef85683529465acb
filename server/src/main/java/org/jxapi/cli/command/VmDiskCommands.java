package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;
import org.jxapi.cli.record.RecordKinds;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The commands about the disks and CD drives of a VM. */
final class VmDiskCommands {
    private static final Logger LOG = LoggerFactory.getLogger(VmDiskCommands.class);
    private static final String SHOWN = "vbd-params vdi-params";
    private static final List<String> USUAL_VDI = List.of("uuid", "name-label", "virtual-size", "sr-name-label");

    private VmDiskCommands() {}

    static void declare(CommandTable t) {
        t.vms(
                "vm-disk-list",
                "",
                SHOWN,
                "Lists the disks of VMs.",
                Scope.PLAIN,
                (c, vm) -> list(c, vm, false),
                STANDARD);
        t.vms(
                "vm-cd-list",
                "",
                SHOWN,
                "Lists the CD drives of VMs.",
                Scope.PLAIN,
                (c, vm) -> list(c, vm, true),
                STANDARD);
        t.vms(
                "vm-disk-add",
                "disk-size device",
                "sr-uuid",
                "Creates a disk and attaches it to a VM, immediately if the VM is running.",
                Scope.PLAIN,
                VmDiskCommands::addDisk,
                STANDARD);
        t.vms(
                "vm-disk-remove",
                "device",
                "",
                "Detaches a disk from VMs and destroys it.",
                Scope.PLAIN,
                VmDiskCommands::removeDisk,
                STANDARD);
        t.vms(
                "vm-cd-add",
                "cd-name device",
                "",
                "Adds a CD drive with a named CD to VMs.",
                Scope.PLAIN,
                VmDiskCommands::addCd,
                STANDARD);
        t.vms(
                "vm-cd-remove",
                "cd-name",
                "",
                "Removes the drive with a named CD from VMs; cd-name=<EMPTY> removes an empty drive.",
                Scope.PLAIN,
                VmDiskCommands::removeCd,
                STANDARD);
        t.vms(
                "vm-cd-eject",
                "",
                "",
                "Ejects the CD from a VM's only drive.",
                Scope.PLAIN,
                VmDiskCommands::eject,
                STANDARD);
        t.vms(
                "vm-cd-insert",
                "cd-name",
                "",
                "Inserts a named CD into a VM's only empty drive.",
                Scope.PLAIN,
                VmDiskCommands::insert,
                STANDARD);
        t.add("cd-list", "", "params", "Lists the CDs of all ISO SRs.", VmDiskCommands::cds, STANDARD);
    }

    /** Prints each drive, and the disk in it. */
    static void list(Context c, CliObject vm, boolean cds) throws IOException {
        List<String> usual = cds
                ? List.of("uuid", "vm-name-label", "userdevice", "empty")
                : List.of("uuid", "vm-name-label", "userdevice");
        int number = 0;
        for (Ref<?> ref : vm.get(VM.VBDS)) {
            CliObject vbd = CliObject.of(c.api(), RecordKinds.get("vbd"), ref);
            if (vbd.get(VBD.TYPE) != (cds ? VbdType.CD : VbdType.DISK)) {
                continue;
            }
            String drive = (cds ? "CD " : "Disk ") + number++;
            c.message(drive + " VBD:");
            GenericCommands.printFull(c, List.of(vbd), usual, "vbd-params");
            if (!vbd.get(VBD.EMPTY)) {
                c.message(drive + " VDI:");
                CliObject vdi = CliObject.of(c.api(), RecordKinds.get("vdi"), vbd.get(VBD.VDI));
                GenericCommands.printFull(c, List.of(vdi), USUAL_VDI, "vdi-params");
            }
        }
    }

    private static void addDisk(Context c, CliObject vm) {
        Ref<?> sr = c.has("sr-uuid")
                ? c.ref("SR", "sr-uuid")
                : c.api().get(Pool.DEFAULT_SR, c.api().pool());
        if (c.api().neighbour(sr).isEmpty()) {
            throw new CliException("No default Pool SR set; you must specify an SR on the commandline");
        }
        Map<Object, Object> record = VdiCommands.record("Created by xe", "Created by xe", sr, c.bytes("disk-size"));
        record.put("sm_config", Map.of("vmhint", vm.uuid()));
        Ref<?> vdi = (Ref<?>) c.call("VDI.create", record);
        try {
            attach(c, vm.ref(), vdi, "RW", "Disk", Map.of(VbdCommands.OWNER, ""));
        } catch (XenApiException e) {
            c.call("VDI.destroy", vdi);
            throw e;
        }
    }

    /** Makes a VBD, and plugs it if that is possible now. */
    private static void attach(Context c, Ref<?> vm, Ref<?> vdi, String mode, String type, Map<String, String> config) {
        Map<Object, Object> record = VbdCommands.record(vm, vdi, c.need("device"), mode, type);
        record.put("other_config", config);
        Object vbd = c.call("VBD.create", record);
        try {
            c.call("VBD.plug", vbd);
        } catch (XenApiException e) {
            LOG.debug("The new VBD is not plugged: {}", e.getMessage());
        }
    }

    private static void removeDisk(Context c, CliObject vm) {
        Row<VBD> vbd = vbd(c, vm);
        c.call("VBD.destroy", c.api().byUuid("VBD", vbd.get(VBD.UUID)));
        c.call("VDI.destroy", vbd.get(VBD.VDI));
    }

    /** The VBD at the device that the parameters name. */
    private static Row<VBD> vbd(Context c, CliObject vm) {
        return vm.get(VM.VBDS).stream()
                .map(ref -> c.api().record(VBD.XEN_CLASS, ref))
                .filter(row -> row.get(VBD.USERDEVICE).equals(c.need("device")))
                .findFirst()
                .orElseThrow(() -> new CliException("Disk not found"));
    }

    private static void addCd(Context c, CliObject vm) {
        List<Ref<?>> cds = cdsNamed(c, c.need("cd-name"));
        if (cds.isEmpty()) {
            throw new CliException(
                    "CD " + c.need("cd-name") + " not found!", Selection.question(c.api(), "vdi", c.need("cd-name")));
        }
        attach(c, vm.ref(), cds.get(0), "RO", "CD", Map.of());
    }

    private static void removeCd(Context c, CliObject vm) {
        String name = c.need("cd-name");
        for (Ref<?> ref : vm.get(VM.VBDS)) {
            Row<VBD> vbd = c.api().record(VBD.XEN_CLASS, ref);
            boolean found = c.api()
                    .neighbour(vbd.get(VBD.VDI))
                    .map(vdi -> isIso(c, vdi) && vdi.get(VDI.NAME_LABEL).equals(name))
                    .orElse(name.equals("<EMPTY>"));
            if (found) {
                c.call("VBD.destroy", ref);
                return;
            }
        }
        throw new CliException("Disk not found");
    }

    private static void eject(Context c, CliObject vm) {
        Map<Ref<?>, Row<VBD>> drives = drives(c, vm);
        if (drives.size() != 1) {
            throw new CliException(drives.isEmpty() ? "No CDs found" : "Two or more CDs found. Please use vbd-eject");
        }
        c.call("VBD.eject", drives.keySet().iterator().next());
    }

    private static void insert(Context c, CliObject vm) {
        String name = c.need("cd-name");
        List<Ref<?>> cds = cdsNamed(c, name);
        if (cds.isEmpty()) {
            throw new CliException("CD " + name + " not found", Selection.question(c.api(), "vdi", name));
        }
        if (cds.size() != 1) {
            throw new CliException("Multiple CDs named " + name + " found. Please use vbd-insert and specify uuids");
        }
        List<Ref<?>> empty = drives(c, vm).entrySet().stream()
                .filter(e -> e.getValue().get(VBD.EMPTY))
                .<Ref<?>>map(Map.Entry::getKey)
                .toList();
        if (empty.isEmpty()) {
            throw new XenApiException("VM_NO_EMPTY_CD_VBD", List.of(vm.ref().value()));
        }
        if (empty.size() > 1) {
            throw new CliException("Two or more empty CD devices found. Please use vbd-insert");
        }
        c.call("VBD.insert", empty.get(0), cds.get(0));
    }

    private static Map<Ref<?>, Row<VBD>> drives(Context c, CliObject vm) {
        Map<Ref<?>, Row<VBD>> drives = new LinkedHashMap<>();
        for (Ref<?> ref : vm.get(VM.VBDS)) {
            Row<VBD> vbd = c.api().record(VBD.XEN_CLASS, ref);
            if (vbd.get(VBD.TYPE) == VbdType.CD) {
                drives.put(ref, vbd);
            }
        }
        return drives;
    }

    private static List<Ref<?>> cdsNamed(Context c, String name) {
        return c.api().byName("VDI", name).stream()
                .filter(vdi -> isIso(c, c.api().record(VDI.XEN_CLASS, vdi)))
                .toList();
    }

    private static boolean isIso(Context c, Row<VDI> vdi) {
        return c.api()
                .neighbour(vdi.get(VDI.SR))
                .map(sr -> sr.get(SR.CONTENT_TYPE).equals("iso"))
                .orElse(false);
    }

    private static void cds(Context c) throws IOException {
        List<CliObject> cds = CliObject.all(c.api(), RecordKinds.get("vdi")).stream()
                .filter(vdi -> isIso(c, vdi.row().as(VDI.XEN_CLASS)))
                .toList();
        GenericCommands.printFull(c, cds, List.of("name-label", "uuid"), "params");
    }
}
