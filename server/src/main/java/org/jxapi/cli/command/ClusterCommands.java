package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.cli.command.Selection.Scope;
import org.jxapi.cli.record.EnumNames;
import org.jxapi.xenapi.SdnControllerProtocol;

/** The commands about clusters, and about services that the hosts use. */
final class ClusterCommands {
    private static final String STACK = "corosync";

    private ClusterCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "cluster-pool-create",
                "network-uuid",
                "cluster-stack token-timeout token-timeout-coefficient",
                "Creates a cluster of all hosts in the pool.",
                c -> c.printUuid(c.call(
                        "Cluster.pool_create",
                        c.ref("network", "network-uuid"),
                        c.get("cluster-stack", STACK),
                        decimal(c, "token-timeout", 20),
                        decimal(c, "token-timeout-coefficient", 1))));
        t.add(
                "cluster-pool-force-destroy",
                "cluster-uuid",
                "",
                "Destroys a cluster even if hosts do not respond.",
                c -> c.call("Cluster.pool_force_destroy", c.ref("Cluster", "cluster-uuid")));
        t.add(
                "cluster-pool-destroy",
                "cluster-uuid",
                "",
                "Destroys a pool-wide cluster.",
                c -> c.call("Cluster.pool_destroy", c.ref("Cluster", "cluster-uuid")));
        t.add(
                "cluster-pool-resync",
                "cluster-uuid",
                "",
                "Adds the pool's missing hosts to a cluster.",
                c -> c.call("Cluster.pool_resync", c.ref("Cluster", "cluster-uuid")));
        t.add(
                "cluster-create",
                "pif-uuid",
                "cluster-stack pool-auto-join token-timeout token-timeout-coefficient",
                "Creates a cluster with one host.",
                c -> c.printUuid(c.call(
                        "Cluster.create",
                        c.ref("PIF", "pif-uuid"),
                        c.get("cluster-stack", STACK),
                        c.line().flag("pool-auto-join", true),
                        decimal(c, "token-timeout", 20),
                        decimal(c, "token-timeout-coefficient", 1))),
                HIDDEN);
        t.add(
                "cluster-destroy",
                "uuid",
                "",
                "Destroys a cluster that has one host.",
                c -> c.call("Cluster.destroy", c.ref("Cluster")));
        t.add(
                "cluster-host-create",
                "cluster-uuid host-uuid pif-uuid",
                "",
                "Adds a host to a cluster.",
                c -> c.printUuid(c.call(
                        "Cluster_host.create",
                        c.ref("Cluster", "cluster-uuid"),
                        c.ref("host", "host-uuid"),
                        c.ref("PIF", "pif-uuid"))),
                HIDDEN);
        member(t, "disable", "Suspends a host's membership in its cluster.");
        member(t, "enable", "Resumes a host's membership in its cluster.");
        member(t, "destroy", "Removes a host from its cluster.");
        member(t, "force-destroy", "Removes a host that does not respond from its cluster.");
        services(t);
    }

    private static void member(CommandTable t, String verb, String help) {
        t.add(
                "cluster-host-" + verb,
                "uuid",
                "",
                help,
                c -> c.call("Cluster_host." + verb.replace('-', '_'), c.ref("Cluster_host")));
    }

    private static double decimal(Context c, String name, double otherwise) {
        return c.has(name) ? c.decimal(name) : otherwise;
    }

    private static void services(CommandTable t) {
        t.add(
                "sdn-controller-introduce",
                "",
                "address protocol tcp-port",
                "Adds a controller for the hosts' virtual switches.",
                c -> c.printUuid(c.call(
                        "SDN_controller.introduce",
                        EnumNames.parse(SdnControllerProtocol.TYPE, c.get("protocol", "ssl")),
                        c.get("address", ""),
                        c.line().number("tcp-port", 0))));
        t.add(
                "sdn-controller-forget",
                "uuid",
                "",
                "Removes a controller of the hosts' virtual switches.",
                c -> c.call("SDN_controller.forget", c.ref("SDN_controller")));
        t.hosts(
                "lvhd-enable-thin-provisioning",
                "sr-uuid initial-allocation allocation-quantum",
                "",
                "Enables thin provisioning on an LVHD SR.",
                Scope.PLAIN,
                (c, host) -> c.call(
                        "LVHD.enable_thin_provisioning",
                        host.ref(),
                        c.ref("SR", "sr-uuid"),
                        c.bytes("initial-allocation"),
                        c.bytes("allocation-quantum")));
        t.add(
                "pvs-site-introduce",
                "name-label",
                "name-description pvs-uuid",
                "Adds a site of provisioning servers to the database.",
                c -> c.printUuid(c.call(
                        "PVS_site.introduce",
                        c.need("name-label"),
                        c.get("name-description", ""),
                        c.get("pvs-uuid", ""))));
        t.add(
                "pvs-site-forget",
                "uuid",
                "",
                "Removes a site of provisioning servers from the database.",
                c -> c.call("PVS_site.forget", c.ref("PVS_site")));
        t.add(
                "pvs-server-introduce",
                "addresses first-port last-port pvs-site-uuid",
                "",
                "Adds a provisioning server to the database.",
                c -> c.printUuid(c.call(
                        "PVS_server.introduce",
                        c.line().words("addresses"),
                        c.integer("first-port"),
                        c.integer("last-port"),
                        c.ref("PVS_site", "pvs-site-uuid"))));
        t.add(
                "pvs-server-forget",
                "uuid",
                "",
                "Removes a provisioning server from the database.",
                c -> c.call("PVS_server.forget", c.ref("PVS_server")));
        t.add(
                "pvs-proxy-create",
                "pvs-site-uuid vif-uuid",
                "",
                "Caches a VM's reads from a PVS site.",
                c -> c.printUuid(
                        c.call("PVS_proxy.create", c.ref("PVS_site", "pvs-site-uuid"), c.ref("VIF", "vif-uuid"))));
        t.add(
                "pvs-proxy-destroy",
                "uuid",
                "",
                "Stops caching a VM's reads from a PVS site.",
                c -> c.call("PVS_proxy.destroy", c.ref("PVS_proxy")));
        t.hosts(
                "pvs-cache-storage-create",
                "sr-uuid pvs-site-uuid size",
                "",
                "Provides cache space on a host for a PVS site.",
                Scope.ONE,
                (c, host) -> {
                    Map<Object, Object> record = new LinkedHashMap<>();
                    record.put("host", host.ref());
                    record.put("SR", c.ref("SR", "sr-uuid"));
                    record.put("site", c.ref("PVS_site", "pvs-site-uuid"));
                    record.put("size", c.bytes("size"));
                    c.printUuid(c.call("PVS_cache_storage.create", record));
                });
        t.add(
                "pvs-cache-storage-destroy",
                "uuid",
                "",
                "Removes cache space for a PVS site from a host.",
                c -> c.call("PVS_cache_storage.destroy", c.ref("PVS_cache_storage")));
    }
}
