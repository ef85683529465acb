package org.jxapi.cli.command;

import static org.jxapi.cli.command.Command.Flag.HIDDEN;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.record.EnumNames;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.BondMode;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Ipv6ConfigurationMode;
import org.jxapi.xenapi.PrimaryAddressType;
import org.jxapi.xenapi.Tunnel;
import org.jxapi.xenapi.TunnelProtocol;
import org.jxapi.xenapi.VLAN;

/** The commands about networks, and about the hosts' interfaces: PIFs, VLANs, bonds, tunnels, SR-IOV. */
final class NetworkCommands {
    private NetworkCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "network-create",
                "name-label",
                "name-description MTU bridge managed nat",
                "Creates a network; without a PIF it connects only VMs on the same host. With nat, its VMs also reach"
                        + " the outside with the host's address, and get their addresses from the host.",
                NetworkCommands::create);
        t.add(
                "network-destroy",
                "uuid",
                "",
                "Destroys an unused network.",
                c -> c.call("network.destroy", c.ref("network")));
        t.add(
                "network-attach",
                "uuid host-uuid",
                "",
                "Prepares a network for use on a host.",
                c -> c.call("network.attach", c.ref("network"), c.ref("host", "host-uuid")),
                HIDDEN);
        vlans(t);
        pifs(t);
        t.add(
                "bond-create",
                "network-uuid pif-uuids",
                "mac mode properties:",
                "Bonds network interfaces of a host; prints the UUID of the bond.",
                c -> c.printUuid(c.call(
                        "Bond.create",
                        c.ref("network", "network-uuid"),
                        c.refs("PIF", "pif-uuids"),
                        c.get("mac", ""),
                        EnumNames.parse(BondMode.TYPE, c.get("mode", "")),
                        c.map("properties"))));
        t.add(
                "bond-destroy",
                "uuid",
                "",
                "Removes a bond and separates its interfaces.",
                c -> c.call("Bond.destroy", c.ref("Bond")));
        t.add(
                "bond-set-mode",
                "uuid mode",
                "",
                "Sets how a bond shares traffic between its interfaces.",
                c -> c.call("Bond.set_mode", c.ref("Bond"), EnumNames.parse(BondMode.TYPE, c.need("mode"))));
        t.add(
                "network-sriov-create",
                "pif-uuid network-uuid",
                "",
                "Makes an interface's SR-IOV functions available as a network.",
                c -> c.printUuid(
                        c.call("network_sriov.create", c.ref("PIF", "pif-uuid"), c.ref("network", "network-uuid"))));
        t.add(
                "network-sriov-destroy",
                "uuid",
                "",
                "Stops using an interface's SR-IOV functions but keeps the network.",
                c -> c.call("network_sriov.destroy", c.ref("network_sriov")));
    }

    private static void vlans(CommandTable t) {
        t.add(
                "vlan-create",
                "pif-uuid vlan network-uuid",
                "",
                "Connects a network to a VLAN of an interface; prints the new PIF.",
                c -> {
                    Ref<?> network = c.ref("network", "network-uuid");
                    Ref<?> pif = c.ref("PIF", "pif-uuid");
                    Ref<?> vlan = (Ref<?>) c.call("VLAN.create", pif, c.integer("vlan"), network);
                    c.printUuid(c.api().get(VLAN.UNTAGGED_PIF, vlan));
                });
        t.add(
                "pool-vlan-create",
                "pif-uuid vlan network-uuid",
                "",
                "Connects a network to a VLAN of the same interface on every host; prints the new PIFs.",
                c -> {
                    Ref<?> network = c.ref("network", "network-uuid");
                    Object pifs =
                            c.call("pool.create_VLAN_from_PIF", c.ref("PIF", "pif-uuid"), network, c.integer("vlan"));
                    c.printAll(((List<?>) pifs)
                            .stream().map(p -> c.api().uuid((Ref<?>) p)).toList());
                });
        t.add(
                "vlan-destroy",
                "uuid",
                "",
                "Removes a VLAN; uuid is the UUID of the VLAN or of its PIF.",
                NetworkCommands::destroyVlan);
        t.add(
                "tunnel-create",
                "pif-uuid network-uuid",
                "protocol",
                "Connects a network to the same network on other hosts through a tunnel; prints the new PIF.",
                c -> {
                    Ref<?> network = c.ref("network", "network-uuid");
                    Ref<?> tunnel = (Ref<?>) c.call(
                            "tunnel.create",
                            c.ref("PIF", "pif-uuid"),
                            network,
                            EnumNames.parse(TunnelProtocol.TYPE, c.get("protocol", "gre")));
                    c.printUuid(c.api().get(Tunnel.ACCESS_PIF, tunnel));
                });
        t.add("tunnel-destroy", "uuid", "", "Removes a tunnel.", c -> c.call("tunnel.destroy", c.ref("tunnel")));
    }

    private static void pifs(CommandTable t) {
        t.add("pif-plug", "uuid", "", "Brings up an interface.", c -> c.call("PIF.plug", c.ref("PIF")));
        t.add("pif-unplug", "uuid", "", "Brings down an interface.", c -> c.call("PIF.unplug", c.ref("PIF")));
        t.add(
                "pif-reconfigure-ip",
                "uuid mode",
                "IP netmask gateway DNS",
                "Sets the IPv4 configuration of an interface.",
                c -> c.call(
                        "PIF.reconfigure_ip",
                        c.ref("PIF"),
                        EnumNames.parse(IpConfigurationMode.TYPE, c.need("mode")),
                        anyCase(c, "IP"),
                        c.get("netmask", ""),
                        c.get("gateway", ""),
                        anyCase(c, "DNS")));
        t.add(
                "pif-reconfigure-ipv6",
                "uuid mode",
                "IPv6 gateway DNS",
                "Sets the IPv6 configuration of an interface.",
                c -> c.call(
                        "PIF.reconfigure_ipv6",
                        c.ref("PIF"),
                        EnumNames.parse(Ipv6ConfigurationMode.TYPE, c.need("mode")),
                        anyCase(c, "IPv6"),
                        c.get("gateway", ""),
                        anyCase(c, "DNS")));
        t.add(
                "pif-set-primary-address-type",
                "uuid primary_address_type",
                "",
                "Sets the type of an interface's primary address, IPv4 or IPv6.",
                c -> c.call(
                        "PIF.set_primary_address_type",
                        c.ref("PIF"),
                        EnumNames.parse(PrimaryAddressType.TYPE, c.need("primary_address_type"))));
        t.add(
                "pif-scan",
                "host-uuid",
                "",
                "Looks for new interfaces of a host.",
                c -> c.call("PIF.scan", c.ref("host", "host-uuid")));
        t.add(
                "pif-introduce",
                "host-uuid device",
                "mac managed",
                "Adds an interface of a host to the database.",
                c -> c.printUuid(c.call(
                        "PIF.introduce",
                        c.ref("host", "host-uuid"),
                        c.get("mac", ""),
                        c.need("device"),
                        c.line().flag("managed", true))));
        t.add(
                "pif-forget",
                "uuid",
                "",
                "Removes an interface from the database.",
                c -> c.call("PIF.forget", c.ref("PIF")));
        t.add(
                "pif-db-forget",
                "uuid",
                "",
                "Removes an interface from the database only.",
                c -> c.call("PIF.db_forget", c.ref("PIF")),
                HIDDEN);
    }

    private static void create(Context c) throws IOException {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("name_label", c.need("name-label"));
        record.put("name_description", c.get("name-description", ""));
        record.put("MTU", c.has("MTU") ? c.integer("MTU") : 1500L);
        record.put("other_config", c.has("nat") ? Map.of("jxapi-nat", c.need("nat")) : Map.of());
        record.put("bridge", c.get("bridge", ""));
        record.put("managed", c.line().flag("managed", true));
        record.put("tags", List.of());
        c.printUuid(c.call("network.create", record));
    }

    private static void destroyVlan(Context c) {
        try {
            c.call("VLAN.destroy", c.ref("VLAN"));
        } catch (XenApiException e) {
            if (e.code().equals("HANDLE_INVALID") || e.code().equals("HOST_OFFLINE")) {
                throw e;
            }
            Ref<?> pif;
            try {
                pif = c.ref("PIF");
            } catch (XenApiException noPif) {
                throw e;
            }
            c.call("PIF.destroy", pif);
        }
    }

    private static String anyCase(Context c, String name) {
        return c.line().params().stream()
                .filter(p -> p.name().equalsIgnoreCase(name))
                .map(p -> p.value())
                .findFirst()
                .orElse("");
    }
}
