package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.STANDARD;
import static org.jxapi.cli.command.Command.Flag.VM_SELECTORS;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;

/** vm-migrate: within the pool, and with disks within the host. */
final class VmMigrateCommands {
    private VmMigrateCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-migrate",
                "",
                "live host host-uuid remote-master remote-username remote-password remote-network force copy compress"
                        + " vif: vdi: image-format:",
                "Moves VMs to another host of the pool; live=true moves them while they run. With remote-master,"
                        + " remote-username and remote-password, which must be those of this host, and vdi:DISK=SR for"
                        + " each disk, moves disks to other SRs. Disks that are not named go to the SR with the most"
                        + " free space. jxapi cannot move VMs to another pool yet.",
                VmMigrateCommands::migrate,
                STANDARD,
                VM_SELECTORS);
    }

    private static void migrate(Context c) throws IOException {
        Map<String, String> options = options(c);
        if (c.line().params().stream()
                .anyMatch(p -> VmStorageMigration.PARAMETERS.stream().anyMatch(p.name()::startsWith))) {
            VmStorageMigration.run(c, options);
            return;
        }
        String name = Stream.of("host", "host-uuid", "host-name")
                .flatMap(parameter -> c.line().find(parameter).stream())
                .findFirst()
                .orElseThrow(() -> new CliException("No destination host specified"));
        Ref<?> host = VmPowerCommands.host(c.api(), name);
        Selection.eachVm(
                c,
                Scope.CONTROL,
                Set.of("host", "host-uuid", "host-name", "live", "compress"),
                vm -> c.call("VM.pool_migrate", vm.ref(), host, options));
    }

    private static Map<String, String> options(Context c) {
        Map<String, String> options = new LinkedHashMap<>();
        if (c.has("compress")) {
            options.put("compress", c.need("compress"));
        }
        for (String option : List.of("force", "live", "copy")) {
            options.put(option, String.valueOf(c.flag(option)));
        }
        return options;
    }
}
