package org.jxapi.cli.command;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;

/** The commands about running domains of xl and libvirt. XAPI has none: they call a plug-in of jxapi's own. */
final class NeighbourCommands {
    private NeighbourCommands() {}

    static void declare(CommandTable t) {
        t.vms(
                "vm-adopt",
                "",
                "force",
                "Takes over running domains that xl or libvirt has made, with their disks where they are. Their guests run"
                        + " on. force=true adopts a domain without settings that a VM cannot have (jxapi's own command).",
                Scope.PLAIN,
                (c, vm) -> plugin(c, vm, "adopt"));
        t.vms(
                "vm-release",
                "",
                "",
                "Leaves running VMs to xl or libvirt. Their guests run on, and jxapi acts on them no more (jxapi's own"
                        + " command).",
                Scope.PLAIN,
                (c, vm) -> plugin(c, vm, "release"));
    }

    private static void plugin(Context c, CliObject vm, String function) throws IOException {
        Map<String, String> args = new TreeMap<>(Map.of("vm", vm.text("uuid")));
        if (c.flag("force")) {
            args.put("force", "true");
        }
        Object report = c.call("host.call_plugin", c.hostOrThis("host-uuid"), "jxapi-neighbour", function, args);
        c.wire().printStderr(String.valueOf(report));
    }
}
