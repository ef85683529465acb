package org.jxapi.cli.command;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jxapi.cli.record.EnumNames;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;
import org.jxapi.xenapi.VifIpv6ConfigurationMode;

/** The commands about virtual network interfaces. */
final class VifCommands {
    private VifCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "vif-create",
                "device network-uuid vm-uuid",
                "mac",
                "Adds a network interface to a VM. device is one of the VM's allowed-VIF-devices; without mac, or"
                        + " with mac=random, jxapi generates an address.",
                VifCommands::create);
        t.add("vif-destroy", "uuid", "", "Destroys a network interface.", c -> c.call("VIF.destroy", c.ref("VIF")));
        t.add(
                "vif-plug",
                "uuid",
                "",
                "Attaches a network interface to a running VM.",
                c -> c.call("VIF.plug", c.ref("VIF")));
        t.add(
                "vif-unplug",
                "uuid",
                "force",
                "Detaches a network interface from a running VM.",
                c -> c.call(c.flag("force") ? "VIF.unplug_force" : "VIF.unplug", c.ref("VIF")));
        t.add(
                "vif-move",
                "uuid network-uuid",
                "",
                "Moves a network interface to another network.",
                c -> c.call("VIF.move", c.ref("VIF"), c.ref("network", "network-uuid")));
        t.add(
                "vif-configure-ipv4",
                "uuid mode",
                "address gateway",
                "Sets the guest's IPv4 address (mode=static) or leaves it to the guest (mode=none).",
                c -> configure(c, "VIF.configure_ipv4", VifIpv4ConfigurationMode.TYPE));
        t.add(
                "vif-configure-ipv6",
                "uuid mode",
                "address gateway",
                "Sets the guest's IPv6 address (mode=static) or leaves it to the guest (mode=none).",
                c -> configure(c, "VIF.configure_ipv6", VifIpv6ConfigurationMode.TYPE));
    }

    private static void create(Context c) throws IOException {
        String mac = c.get("mac", "");
        Ref<?> network = c.ref("network", "network-uuid");
        String device = c.need("device");
        Ref<?> vm = c.ref("VM", "vm-uuid");
        c.printUuid(c.call("VIF.create", record(c, device, network, vm, mac.equals("random") ? randomMac() : mac)));
    }

    /** The record of a new VIF. */
    static Map<Object, Object> record(Context c, String device, Ref<?> network, Ref<?> vm, String mac) {
        Map<Object, Object> record = new LinkedHashMap<>();
        record.put("device", device);
        record.put("network", network);
        record.put("VM", vm);
        record.put("MAC", mac);
        record.put("MTU", c.api().get(Network.MTU, network));
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        record.put("locking_mode", "network_default");
        record.put("ipv4_allowed", List.of());
        record.put("ipv6_allowed", List.of());
        record.put("trunks", List.of());
        return record;
    }

    /** A unicast address that is locally administered. */
    private static String randomMac() {
        byte[] mac = new byte[6];
        ThreadLocalRandom.current().nextBytes(mac);
        mac[0] = (byte) (mac[0] & 0xFE | 0x02);
        return "%02x:%02x:%02x:%02x:%02x:%02x".formatted(mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);
    }

    private static void configure(Context c, String message, Type.Enumeration modes) {
        Ref<?> vif = c.ref("VIF");
        String mode = EnumNames.parse(modes, c.need("mode"));
        String address = c.get("address", "");
        if (mode.equals("Static") && address.isEmpty()) {
            throw new CliException("Required parameter not found: address");
        }
        c.call(message, vif, mode, address, c.get("gateway", ""));
    }
}
