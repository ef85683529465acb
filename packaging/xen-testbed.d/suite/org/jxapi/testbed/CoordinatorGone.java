package org.jxapi.testbed;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The member of a pool of two takes the place of the coordinator, which then joins as a member, and leaves. Both machines have
 * the setting replication.
 */
final class CoordinatorGone {
    private static final String NAME = "stays";

    private final Scenarios all;
    private final OtherMachine other;
    private XenApi there;
    private String password;
    private String vm;
    private long domid;
    private String[] before;
    private GuestConsole console;

    CoordinatorGone(Scenarios all) {
        this.all = all;
        other = new OtherMachine(all.api);
    }

    void tell(String template) {
        all.checks.scenario("another coordinator", s -> {
            s.check("the member has a copy of the database, and a guest", OtherMachine.RESTART, () -> {
                password = all.jxapid.password();
                String host = other.joined(password);
                String uuid = all.api.text("host.get_uuid", host);
                vm = all.guests.installBare(template, NAME);
                all.api.call("VM.start_on", vm, host, false, false);
                domid = all.api.call("VM.get_domid", vm).asLong();
                console = new GuestConsole(all.api, vm);
                before = Scenarios.tick(console, 0);
                Checks.await("it has a copy", OtherMachine.RESTART, () -> groups(uuid)[1] > 0);
                long now = groups(uuid)[1];
                Checks.await("the copy has the guest", OtherMachine.RESTART, () -> groups(uuid)[0] >= now);
            });
            s.check("it becomes the coordinator when this one is killed, and its guest runs on", 2 * OtherMachine.RESTART, () -> {
                console.close();
                all.jxapid.kill();
                other.xe(OtherMachine.localPassword(), "pool-emergency-transition-to-master");
                there = other.client();
                Checks.await("it answers as the coordinator", OtherMachine.RESTART, this::answers);
                Checks.expectEqual("Running", there.text("VM.get_power_state", vm), "power state");
                Checks.expectEqual(domid, there.call("VM.get_domid", vm).asLong(), "domain");
                console = new GuestConsole(there, vm);
                String[] after = Scenarios.tick(console, 0);
                Checks.expectEqual(before[0], after[0], "boot");
                Checks.expect(Integer.parseInt(after[1]) > Integer.parseInt(before[1]), "the guest does not count on");
            });
            s.check("it ends the guest, and forgets the former coordinator", OtherMachine.RESTART, () -> {
                there.call("VM.hard_shutdown", vm);
                there.call("VM.destroy", vm);
                other.xe(password, "host-forget", "uuid=" + there.text("host.get_uuid", member()), "--force");
                Checks.expectEqual(1, there.refs("host.get_all").size(), "hosts");
            });
            s.check("that one joins as a member, with an empty data folder", 2 * OtherMachine.RESTART, () -> {
                Command.run("rm", "-rf", Jxapid.DATA.toString());
                all.startJxapid();
                Command.xe("pool-join", "master-address=" + other.address() + ":" + OtherMachine.HTTPS,
                        "master-username=root", "master-password=" + password);
                Checks.await("the host is live", OtherMachine.RESTART, () -> member() != null
                        && OtherMachine.isLive(there, member()));
            });
            s.check("and leaves", OtherMachine.RESTART, () -> {
                other.xe(password, "pool-eject", "host-uuid=" + there.text("host.get_uuid", member()), "--force");
                Checks.await("one host is left", OtherMachine.RESTART, () -> there.refs("host.get_all").size() == 1);
                Checks.await("this one has a pool of its own", OtherMachine.RESTART, this::alone);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            Dom0.nothingLeft();
        });
    }

    /** How many groups of changes the copy of a host has, and how many there are; zeros while it has no copy. */
    private static long[] groups(String uuid) {
        Matcher copy = Pattern.compile("copy: " + uuid + ", has (\\d+) of (\\d+) groups of changes")
                .matcher(Command.xe("pool-status"));
        return copy.find() ? new long[] {Long.parseLong(copy.group(1)), Long.parseLong(copy.group(2))} : new long[2];
    }

    /** The host of this machine in the pool of the other one; null if it is not there. */
    private String member() {
        return OtherMachine.host(there, other.own());
    }

    private boolean answers() {
        try {
            there.login(password);
            return true;
        } catch (RuntimeException e) {
            return false;
        }
    }

    private boolean alone() {
        try {
            all.api.login(all.jxapid.password());
            return all.api.refs("host.get_all").size() == 1;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }
}
