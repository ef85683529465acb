package org.jxapi.testbed;

import java.util.regex.Matcher;

/** A NAT network: its guest gets an address by DHCP, resolves a name, and reaches the outside with dom0's address. */
final class NatNetwork {
    private static final String NAME = "nat";
    private static final String ADDRESS = "10.0.3.1";
    static final String KNOWN = "known.example";
    static final String KNOWN_ADDRESS = "192.0.2.77";
    /** The machine on the other end of dom0's nic. It knows no way to the guests' network. */
    static final String OUTSIDE = "10.0.2.2";

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private String network;
    private String bridge;
    private String vm;
    private String lease;
    private GuestConsole console;

    NatNetwork(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    /** Has the name server of a NAT network know a name of dom0's. */
    static void know(String bridge) {
        Command.shell("echo '" + KNOWN_ADDRESS + " " + KNOWN + "' >>/etc/hosts; kill -HUP $(cat " + Jxapid.DATA + "/nat/" + bridge
                + ".pid)");
    }

    /** Forgets that name. */
    static void forget() {
        Command.shell("sed -i /" + KNOWN + "/d /etc/hosts");
    }

    void tell(String template) {
        all.checks.scenario(NAME, s -> {
            s.check("is made by xe network-create; dom0 has its address", () -> {
                String made = Command.xe("network-create", "name-label=" + NAME, "nat=" + ADDRESS + "/24");
                network = api.text("network.get_by_uuid", made);
                bridge = api.text("network.get_bridge", network);
                vm = guests.installBare(template, NAME);
                guests.addNic(vm, "0", network);
                console = new GuestConsole(api, vm);
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, 0);
                Checks.expect(Command.run("ip", "-4", "address", "show", "dev", bridge).contains(ADDRESS + "/24"),
                        "the bridge has not the address");
            });
            s.check("leases an address to its guest, with router and name server", () -> {
                Matcher leased = type("dhcp eth0", "leased (10\\.0\\.3\\.\\d+)/24 router (\\S+) dns (\\S+)");
                lease = leased.group(1);
                Checks.expectEqual(ADDRESS, leased.group(2), "router");
                Checks.expectEqual(ADDRESS, leased.group(3), "name server");
                String leases = Command.run("cat", Jxapid.DATA + "/nat/" + bridge + ".leases");
                String mac = api.text("VIF.get_MAC", api.refs("VM.get_VIFs", vm).get(0));
                Checks.expect(leases.contains(mac + " " + lease), "the leases are " + leases);
            });
            s.check("resolves names for its guest", () -> {
                know(bridge);
                type("resolve " + KNOWN, KNOWN + " is " + KNOWN_ADDRESS);
            });
            s.check("leads to the outside: " + OUTSIDE + " answers, who knows only dom0's address", () -> {
                type("ping " + ADDRESS, ADDRESS + " answers");
                Checks.expectEqual("", Command.shell("ip route get " + lease + " | grep -v " + bridge + " | grep via"),
                        "another way to the guest");
                type("ping " + OUTSIDE, OUTSIDE + " answers");
            });
            s.check("goes on when jxapid is killed and comes back", () -> {
                String server = Command.run("cat", Jxapid.DATA + "/nat/" + bridge + ".pid");
                all.jxapid.kill();
                // The guest's console is away with jxapid.
                Command.run("busybox", "ping", "-c", "3", "-w", "30", lease);
                all.startJxapid();
                type("ping " + OUTSIDE, OUTSIDE + " answers");
                Checks.expectEqual(server, Command.run("cat", Jxapid.DATA + "/nat/" + bridge + ".pid"), "process of dnsmasq");
                Matcher leased = type("dhcp eth0", "leased (10\\.0\\.3\\.\\d+)/24");
                Checks.expectEqual(lease, leased.group(1), "address");
            });
            s.check("a guest that comes later gets its address by a plug", () -> {
                String vif = api.refs("VM.get_VIFs", vm).get(0);
                int mark = console.mark();
                api.call("VIF.unplug", vif);
                console.await(mark, "guest: unplugged eth0", 60);
                mark = console.mark();
                api.call("VIF.plug", vif);
                console.await(mark, "guest: plugged eth0", 60);
                type("dhcp eth0", "leased " + lease);
                type("ping " + OUTSIDE, OUTSIDE + " answers");
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp(NAME);
            forget();
            if (network != null) {
                String before = Command.run("cat", Jxapid.DATA + "/nat/" + bridge + ".pid");
                api.call("network.destroy", network);
                Checks.expectEqual("", Command.shell("ip link show dev " + bridge + " 2>/dev/null"), "bridge");
                Checks.expect(!Command.run("nft", "list", "tables").contains("jxapi_"), "a table of nftables is left");
                Checks.await("dnsmasq ends", 20, () -> Command.shell("kill -0 " + before + " 2>&1").contains("No such process"));
                Checks.expectEqual("", Command.shell("ls " + Jxapid.DATA + "/nat"), "files of dnsmasq");
            }
        });
    }

    private Matcher type(String line, String answer) throws Exception {
        int mark = console.mark();
        console.type(line);
        return console.await(mark, "guest: " + answer, 120);
    }
}
