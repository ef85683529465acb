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
import org.jxapi.datamodel.XenApiException;

/** vm-migrate, within the pool. */
final class VmMigrateCommands {
    private static final List<String> TO_ANOTHER_POOL = List.of(
            "remote-master",
            "remote-username",
            "vif",
            "remote-password",
            "remote-network",
            "vdi",
            "vgpu",
            "image-format");

    private VmMigrateCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vm-migrate",
                "",
                "live host host-uuid remote-master remote-username remote-password remote-network force copy compress"
                        + " vif: vdi: image-format:",
                "Moves VMs to another host of the pool; live=true moves them while they run. jxapi cannot move VMs"
                        + " to another pool yet.",
                VmMigrateCommands::migrate,
                STANDARD,
                VM_SELECTORS);
    }

    private static void migrate(Context c) throws IOException {
        if (c.line().params().stream().anyMatch(p -> TO_ANOTHER_POOL.stream().anyMatch(p.name()::startsWith))) {
            if (!c.has("remote-master") || !c.has("remote-username") || !c.has("remote-password")) {
                throw new CliException("Storage live migration requires remote-master, remote-username, and"
                        + " remote-password to be specified. Please see 'xe help vm-migrate' for help.");
            }
            throw new XenApiException("NOT_IMPLEMENTED", List.of("VM.migrate_send"));
        }
        String name = Stream.of("host", "host-uuid", "host-name")
                .flatMap(parameter -> c.line().find(parameter).stream())
                .findFirst()
                .orElseThrow(() -> new CliException("No destination host specified"));
        Ref<?> host = VmPowerCommands.host(c.api(), name);
        Map<String, String> options = new LinkedHashMap<>();
        if (c.has("compress")) {
            options.put("compress", c.need("compress"));
        }
        for (String option : List.of("force", "live", "copy")) {
            options.put(option, String.valueOf(c.flag(option)));
        }
        Selection.eachVm(
                c,
                Scope.CONTROL,
                Set.of("host", "host-uuid", "host-name", "live", "compress"),
                vm -> c.call("VM.pool_migrate", vm.ref(), host, options));
    }
}
