package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.SR;

/** The commands about the pool as a whole, and its members. */
final class PoolCommands {
    /** Seconds until a host's daemon restarts, as XAPI says it. */
    private static final String SOON = " in 10. seconds...";

    private PoolCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "pool-join",
                "master-address master-username master-password",
                "force",
                "Makes this host a member of another pool.",
                PoolCommands::join);
        t.add(
                "pool-eject",
                "host-uuid",
                "",
                "Removes a host from the pool; it becomes a new pool without VMs, and its disks stay.",
                PoolCommands::eject);
        t.add(
                "pool-designate-new-master",
                "host-uuid",
                "",
                "Makes another host the pool's coordinator.",
                c -> c.call("pool.designate_new_master", c.ref("host", "host-uuid")));
        t.add(
                "pool-management-reconfigure",
                "network-uuid",
                "",
                "Sets the management network of all hosts.",
                c -> c.call("pool.management_reconfigure", c.ref("network", "network-uuid")));
        t.add(
                "pool-status",
                "",
                "",
                "Shows the coordinator, which members have a copy of its database, and how much of it (jxapi's own"
                        + " command).",
                c -> c.say(String.valueOf(
                        c.call("host.call_plugin", c.api().thisHost(), "jxapi-pool", "status", Map.of()))));
        t.add(
                "pool-sync-database",
                "",
                "",
                "Synchronizes the database to all hosts.",
                c -> c.call("pool.sync_database"));
        t.add(
                "pool-emergency-reset-master",
                "master-address",
                "",
                "Sets the address of this host's coordinator; for emergencies.",
                c -> {
                    c.call("pool.emergency_reset_master", c.need("master-address"));
                    c.print("Host agent will restart and become slave of " + c.need("master-address") + SOON);
                });
        t.add(
                "pool-emergency-transition-to-master",
                "",
                "force",
                "Makes this host the coordinator of a pool that has lost its coordinator.",
                PoolCommands::transition);
        t.add(
                "pool-recover-slaves",
                "",
                "",
                "Reconnects members that have lost contact with the coordinator; prints their UUIDs.",
                c -> {
                    List<String> uuids = new ArrayList<>();
                    ((List<?>) c.call("pool.recover_slaves"))
                            .forEach(h -> uuids.add(c.api().uuid((Ref<?>) h)));
                    c.printAll(uuids);
                });
        t.add("pool-get-cpu-features", "", "", "Shows the CPU features that all hosts of the pool share.", c -> {
            Map<String, String> info = new LinkedHashMap<>(c.api().get(Pool.CPU_INFO, c.pool()));
            info.keySet().retainAll(Set.of("features_pv_host", "features_hvm_host"));
            c.printMap(info);
        });
        t.add(
                "pool-get-guest-secureboot-readiness",
                "",
                "",
                "Shows whether the pool is ready for secure boot of its guests.",
                c -> c.message(c.call("pool.get_guest_secureboot_readiness", c.pool())));
        t.add(
                "pool-enable-binary-storage",
                "",
                "",
                "Turns on the storage of binary data.",
                c -> c.call("pool.enable_binary_storage"),
                HIDDEN);
        t.add(
                "pool-disable-binary-storage",
                "",
                "",
                "Turns off the storage of binary data and deletes the stored data.",
                c -> c.call("pool.disable_binary_storage"),
                HIDDEN);
        t.add(
                "pool-send-test-post",
                "dest-host dest-port body",
                "",
                "Sends a text to a server over HTTPS and shows the response.",
                c -> c.message(
                        c.call("pool.send_test_post", c.need("dest-host"), c.integer("dest-port"), c.need("body"))));
        wlb(t);
    }

    private static void wlb(CommandTable t) {
        t.add(
                "pool-initialize-wlb",
                "wlb_url wlb_username wlb_password xenserver_username xenserver_password",
                "",
                "Connects the pool to a workload balancer.",
                c -> c.call(
                        "pool.initialize_wlb",
                        c.need("wlb_url"),
                        c.need("wlb_username"),
                        c.need("wlb_password"),
                        c.need("xenserver_username"),
                        c.need("xenserver_password")));
        t.add(
                "pool-deconfigure-wlb",
                "",
                "",
                "Disconnects the pool from its workload balancer.",
                c -> c.call("pool.deconfigure_wlb"));
        t.add(
                "pool-send-wlb-configuration",
                "",
                "config:",
                "Configures the workload balancer.",
                c -> c.call("pool.send_wlb_configuration", c.map("config")));
        t.add(
                "pool-retrieve-wlb-configuration",
                "",
                "",
                "Shows the workload balancer's configuration.",
                c -> c.printMap(c.call("pool.retrieve_wlb_configuration")));
        t.add("pool-retrieve-wlb-recommendations", "", "", "Shows which VMs the workload balancer would move.", c -> {
            Map<Object, Object> table = new LinkedHashMap<>();
            table.put("VM", "Host, OptID, RecID, Reason");
            ((Map<?, ?>) c.call("pool.retrieve_wlb_recommendations"))
                    .forEach((vm, words) -> table.put(
                            c.api().shown(((Ref<?>) vm).value()),
                            String.join(
                                    " ",
                                    ((List<?>) words)
                                            .stream().map(String::valueOf).toList())));
            c.printMap(table);
        });
    }

    private static void join(Context c) throws IOException {
        try {
            c.call(
                    c.flag("force") ? "pool.join_force" : "pool.join",
                    c.need("master-address"),
                    c.need("master-username"),
                    c.need("master-password"));
            c.print("Host agent will restart and attempt to join pool" + SOON);
        } catch (XenApiException e) {
            if (!e.code().equals("JOINING_HOST_CONNECTION_FAILED")) {
                throw e;
            }
            c.print(
                    "Host cannot contact destination host: connection refused.",
                    "Check destination host has services running and accessible from this host.");
        }
    }

    private static void eject(Context c) throws IOException {
        Ref<?> host = c.ref("host", "host-uuid");
        if (!c.flag("force")) {
            c.say("WARNING: The host becomes a new pool without VMs. Its disks stay on it.");
            List<String> lost = localDisks(c, host);
            if (!lost.isEmpty()) {
                c.say("The pool can no longer use the following VDI objects:");
                for (String line : lost) {
                    c.say(line);
                }
            }
            if (!c.confirmed()) {
                return;
            }
        }
        c.call("pool.eject", host);
        c.print("Specified host will attempt to restart as a master of a new pool" + SOON);
    }

    private static List<String> localDisks(Context c, Ref<?> host) {
        List<String> disks = new ArrayList<>();
        for (Row<SR> sr : c.api().records(SR.XEN_CLASS).values()) {
            List<Row<PBD>> pbds = sr.get(SR.PBDS).stream()
                    .flatMap(p -> c.api().neighbour(p).stream())
                    .toList();
            if (!pbds.isEmpty() && pbds.stream().allMatch(p -> p.get(PBD.HOST).equals(host))) {
                sr.get(SR.VDIS)
                        .forEach(vdi -> disks.add(
                                "VDI: " + c.api().uuid(vdi) + " (" + c.api().name(vdi) + ")"));
            }
        }
        return disks;
    }

    private static void transition(Context c) throws IOException {
        boolean already = atCoordinator(c);
        if (already && !c.flag("force")) {
            c.print("Host agent is already master. Use '--force' to execute the operation anyway.");
            return;
        }
        c.call("pool.emergency_transition_to_master");
        c.print(already ? "Host agent is master." : "Host agent will restart and transition to master" + SOON);
    }

    /** A member answers no questions about objects. */
    private static boolean atCoordinator(Context c) {
        try {
            return c.api().get(Pool.MASTER, c.api().pool()).equals(c.api().thisHost());
        } catch (XenApiException e) {
            if (e.code().equals("HOST_IS_SLAVE")) {
                return false;
            }
            throw e;
        }
    }

    /** All hosts of the pool. */
    static List<Ref<?>> hosts(Context c) {
        return List.copyOf(c.api().records(Host.XEN_CLASS).keySet());
    }
}
