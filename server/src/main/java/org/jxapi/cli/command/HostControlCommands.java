package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.CliObject;
import org.jxapi.datamodel.Ref;

/** The commands that put a host in or out of service, and power it. */
final class HostControlCommands {
    private HostControlCommands() {}

    static void declare(CommandTable t) {
        t.hosts(
                "host-disable",
                "",
                "auto-enable",
                "Prevents VMs from starting on hosts; with auto-enable=false also after a restart.",
                Scope.PLAIN,
                (c, host) -> c.call("host.disable", host.ref(), c.line().flag("auto-enable", true)));
        t.hosts("host-enable", "", "", "Allows VMs to start on hosts again.", Scope.PLAIN, (c, host) -> {
            c.call("host.remove_from_other_config", host.ref(), "MAINTENANCE_MODE");
            c.call("host.enable", host.ref());
        });
        simple(t, "host-shutdown", "host.shutdown", "Shuts down disabled hosts.");
        simple(t, "host-reboot", "host.reboot", "Reboots disabled hosts.");
        simple(t, "host-power-on", "host.power_on", "Powers hosts on over the network.");
        simple(t, "host-sync-data", "host.sync_data", "Synchronizes the pool's data to hosts.");
        t.add(
                "host-prepare-for-poweroff",
                "",
                "",
                "Prepares this host for being powered off.",
                c -> c.call("host.prepare_for_poweroff", c.ref("host")),
                HIDDEN);
        t.hosts(
                "host-evacuate",
                "",
                "network-uuid batch-size",
                "Moves all VMs from a host to other hosts.",
                Scope.ONE,
                (c, host) -> c.call(
                        "host.evacuate",
                        host.ref(),
                        c.refOrNull("network", "network-uuid"),
                        c.line().number("batch-size", 0)));
        t.add(
                "host-forget",
                "uuid",
                "",
                "Removes a permanently lost host from the pool.",
                c -> careful(
                        c,
                        "host.destroy",
                        "WARNING: Forget a host only if it cannot be repaired: it can join a pool again only after a new"
                                + " installation.",
                        "WARNING: A host that still works should leave the pool by pool-eject.",
                        "WARNING: This cannot be undone."));
        t.add(
                "host-declare-dead",
                "uuid",
                "",
                "Declares that a host is powered off, without contacting it.",
                c -> careful(
                        c,
                        "host.declare_dead",
                        "WARNING: Make sure that the host is off. VMs that run both there and on another host",
                        "WARNING: destroy the data on their disks."));
        t.add("host-shutdown-agent", "", "", "Stops the daemon of this host.", c -> c.call("host.shutdown_agent"));
        t.add(
                "host-send-debug-keys",
                "host-uuid keys",
                "",
                "Sends debug keys to a host's hypervisor.",
                c -> c.call("host.send_debug_keys", c.ref("host", "host-uuid"), c.need("keys")));
        t.hosts(
                "host-bugreport-upload",
                "",
                "url http_proxy",
                "Uploads a host's status report to a server.",
                Scope.PLAIN,
                (c, host) -> c.call("host.bugreport_upload", host.ref(), c.get("url", ""), options(c, "host")));
        t.add(
                "host-crashdump-upload",
                "uuid",
                "url http_proxy",
                "Uploads a host's crash dump to a server.",
                c -> c.call("host_crashdump.upload", c.ref("host_crashdump"), c.get("url", ""), options(c, "uuid")));
        t.add(
                "host-crashdump-destroy",
                "uuid",
                "",
                "Deletes a host's crash dump.",
                c -> c.call("host_crashdump.destroy", c.ref("host_crashdump")));
    }

    private static void simple(CommandTable t, String name, String message, String help) {
        t.hosts(name, "", "", help, Scope.PLAIN, (Context c, CliObject host) -> c.call(message, host.ref()));
    }

    /** The parameters in addition to those of the command itself. */
    private static Map<String, String> options(Context c, String own) {
        Map<String, String> options = new LinkedHashMap<>();
        c.line().params().stream()
                .filter(p -> !List.of(own, "url", "username", "password").contains(p.name()))
                .forEach(p -> options.put(p.name(), p.value()));
        return options;
    }

    private static void careful(Context c, String message, String... warnings) throws IOException {
        Ref<?> host = c.ref("host");
        if (!c.flag("force")) {
            for (String warning : warnings) {
                c.say(warning);
            }
            if (!c.confirmed()) {
                return;
            }
        }
        c.call(message, host);
    }
}
