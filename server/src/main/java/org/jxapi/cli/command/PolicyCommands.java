package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jxapi.cli.record.EnumNames;
import org.jxapi.cli.thin.CliException;
import org.jxapi.xenapi.PlacementPolicy;
import org.jxapi.xenapi.VmssFrequency;
import org.jxapi.xenapi.VmssType;

/** The commands about what several VMs have in common: appliances, groups, snapshot schedules; and about blobs. */
final class PolicyCommands {
    private static final List<String> BLOB_OWNERS = List.of("VM", "pool", "SR", "host", "network");

    private PolicyCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "appliance-create",
                "name-label",
                "name-description",
                "Creates an appliance: a group of VMs that start and stop together.",
                c -> c.printUuid(c.call("VM_appliance.create", named(c))));
        t.add(
                "appliance-destroy",
                "uuid",
                "",
                "Destroys an appliance but keeps its VMs.",
                c -> c.call("VM_appliance.destroy", c.ref("VM_appliance")));
        t.add(
                "appliance-start",
                "uuid",
                "paused",
                "Starts the VMs of an appliance in order.",
                c -> c.call("VM_appliance.start", c.ref("VM_appliance"), c.flag("paused")));
        t.add(
                "appliance-shutdown",
                "uuid",
                "force",
                "Shuts down the VMs of an appliance in order.",
                c -> c.call(
                        c.flag("force") ? "VM_appliance.hard_shutdown" : "VM_appliance.clean_shutdown",
                        c.ref("VM_appliance")));
        t.add(
                "vm-group-create",
                "name-label placement",
                "name-description",
                "Creates a group of VMs; placement=anti-affinity keeps them on different hosts.",
                c -> {
                    Map<Object, Object> record = named(c);
                    record.put("placement", EnumNames.parse(PlacementPolicy.TYPE, c.need("placement")));
                    c.printUuid(c.call("VM_group.create", record));
                });
        t.add(
                "vm-group-destroy",
                "uuid",
                "",
                "Destroys a group but keeps its VMs.",
                c -> c.call("VM_group.destroy", c.ref("VM_group")));
        t.add(
                "vmss-create",
                "name-label type frequency",
                "name-description enabled schedule: retained-snapshots",
                "Creates a schedule for snapshots of VMs.",
                PolicyCommands::createSchedule);
        t.add("vmss-destroy", "uuid", "", "Destroys a snapshot schedule.", c -> c.call("VMSS.destroy", c.ref("VMSS")));
        t.add(
                "drtask-create",
                "type",
                "device-config: sr-whitelist",
                "Attaches the SRs of a failed pool so that its VMs can be recovered.",
                c -> c.printUuid(c.call(
                        "DR_task.create",
                        c.need("type"),
                        c.map("device-config"),
                        c.line().words("sr-whitelist"))));
        t.add(
                "drtask-destroy",
                "uuid",
                "",
                "Ends a recovery and detaches the SRs that it attached.",
                c -> c.call("DR_task.destroy", c.ref("DR_task")));
        t.add(
                "blob-create",
                "name",
                "mime-type vm-uuid host-uuid sr-uuid network-uuid pool-uuid public",
                "Creates an empty blob that belongs to an object.",
                PolicyCommands::createBlob,
                HIDDEN);
    }

    private static Map<Object, Object> named(Context c) {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("name_label", c.need("name-label"));
        record.put("name_description", c.get("name-description", ""));
        return record;
    }

    private static void createSchedule(Context c) throws IOException {
        Map<Object, Object> record = named(c);
        record.put("enabled", c.line().flag("enabled", true));
        record.put("type", EnumNames.parse(VmssType.TYPE, c.need("type")));
        record.put("frequency", EnumNames.parse(VmssFrequency.TYPE, c.need("frequency")));
        record.put("schedule", c.map("schedule"));
        record.put("retained_snapshots", c.line().number("retained-snapshots", 7));
        c.printUuid(c.call("VMSS.create", record));
    }

    private static void createBlob(Context c) throws IOException {
        for (String owner : BLOB_OWNERS) {
            String parameter = owner.toLowerCase(Locale.ROOT) + "-uuid";
            if (c.has(parameter)) {
                c.printUuid(c.call(
                        owner + ".create_new_blob",
                        c.ref(owner, parameter),
                        c.need("name"),
                        c.get("mime-type", ""),
                        c.flag("public")));
                return;
            }
        }
        throw new CliException("Need one of: vm-uuid, host-uuid, network-uuid, sr-uuid or pool-uuid");
    }
}
