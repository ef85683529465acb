package org.jxapi.testbed;

import java.util.List;

/** Another machine joins this one's pool, and has guests. */
final class PoolOfTwo {
    private static final String NAME = "far";
    private static final int RESTART = OtherMachine.RESTART;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final OtherMachine other;
    private String host;
    private String vm;
    private GuestConsole console;

    PoolOfTwo(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
        other = new OtherMachine(api);
    }

    void tell(String template) {
        all.checks.scenario("pool", s -> {
            s.check("another machine joins", RESTART, () -> {
                host = other.join(all.jxapid.password());
                Checks.expectEqual(other.address(), api.text("host.get_address", host), "address of the host");
            });
            s.check("a client of this machine starts a guest on the other one", RESTART, () -> {
                String sr = Command.xe("sr-create", "host-uuid=" + api.text("host.get_uuid", host), "type=file",
                        "name-label=far disks", "content-type=user", "device-config:location=" + Guests.FOLDER);
                vm = guests.installBare(template, NAME);
                guests.repository = api.text("SR.get_by_uuid", sr);
                guests.attach(vm, guests.makeDisk("far", 32 * Guests.MIB), "0");
                guests.addNic(vm, "0");
                api.call("VM.start_on", vm, host, false, false);
                Checks.expectEqual(host, api.text("VM.get_resident_on", vm), "host of the guest");
                Checks.expectEqual(List.of(), Dom0.leftovers(), "what this machine has of it");
            });
            s.check("its console comes through this machine, and it writes to its disk", RESTART, () -> {
                console = new GuestConsole(api, vm);
                Scenarios.tick(console, 0);
                console.ask("write xvda first", "wrote first to xvda");
            });
            s.check("it goes on when the coordinator is killed, which finds it again", RESTART, () -> {
                String[] before = Scenarios.tick(console, console.mark());
                long domid = api.call("VM.get_domid", vm).asLong();
                all.jxapid.kill();
                Command.run("sleep", "10");
                all.startJxapid();
                Checks.await("the host is live", RESTART, () -> other.live() != null);
                Checks.expectEqual("Running", guests.state(vm), "power state");
                Checks.expectEqual(domid, api.call("VM.get_domid", vm).asLong(), "domain");
                // First comes what the guest has printed meanwhile.
                String[] after = before;
                while (Integer.parseInt(after[1]) <= Integer.parseInt(before[1]) + 10) {
                    after = Scenarios.tick(console, console.mark());
                    Checks.expectEqual(before[0], after[0], "boot");
                }
                console.ask("read xvda", "read first from xvda");
            });
            s.check("its disk is plugged and unplugged while it runs", RESTART, () -> {
                int mark = console.mark();
                String vbd = guests.attach(vm, guests.makeDisk("more", 16 * Guests.MIB), "1");
                api.call("VBD.plug", vbd);
                console.await(mark, "guest: plugged xvdb", 60);
                console.ask("write xvdb more", "wrote more to xvdb");
                api.call("VBD.unplug", vbd);
                console.await(mark, "guest: unplugged xvdb", 60);
            });
            s.check(
                    "a host with a guest does not leave",
                    () -> api.refused("OPERATION_NOT_ALLOWED", "pool.eject", host));
            s.check("its end leaves the other machine free", RESTART, () -> {
                Command.xe("vm-shutdown", "uuid=" + all.uuid(vm));
                guests.destroy(vm);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            for (String each : api.refs("VM.get_by_name_label", NAME)) {
                guests.destroy(each);
            }
            Dom0.nothingLeft();
        });
    }
}
