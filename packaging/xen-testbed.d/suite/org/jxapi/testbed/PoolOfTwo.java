package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Another machine joins this one's pool, has guests, shares a repository, and leaves. The variable XEN_TESTBED_POOL has both
 * addresses, and the shared folder the other one's root password.
 */
final class PoolOfTwo {
    private static final String NAME = "far";
    private static final int HTTPS = 8443;
    /** A daemon takes a minute to start there. */
    private static final int RESTART = 300;

    private static final String EXPORT = "/srv/pool";
    private static final int SNAPSHOTS = 3;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final String[] addresses = System.getenv("XEN_TESTBED_POOL").split(" ");
    private String host;
    private String vm;
    private String shared;
    private String disk;
    private GuestConsole console;

    PoolOfTwo(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String template) {
        all.checks.scenario("pool", s -> {
            s.check("another machine joins", RESTART, () -> {
                other("pool-join", "master-address=" + addresses[0] + ":" + HTTPS, "master-username=root",
                        "master-password=" + all.jxapid.password());
                Checks.await("the host is live", RESTART, () -> {
                    host = live();
                    return host != null;
                });
                Checks.expectEqual(addresses[1], api.text("host.get_address", host), "address of the host");
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
                type("write xvda first", "wrote first to xvda");
            });
            s.check("it goes on when the coordinator is killed, which finds it again", RESTART, () -> {
                String[] before = Scenarios.tick(console, console.mark());
                long domid = api.call("VM.get_domid", vm).asLong();
                all.jxapid.kill();
                Command.run("sleep", "10");
                all.startJxapid();
                Checks.await("the host is live", RESTART, () -> live() != null);
                Checks.expectEqual("Running", guests.state(vm), "power state");
                Checks.expectEqual(domid, api.call("VM.get_domid", vm).asLong(), "domain");
                // First comes what the guest has printed meanwhile.
                String[] after = before;
                while (Integer.parseInt(after[1]) <= Integer.parseInt(before[1]) + 10) {
                    after = Scenarios.tick(console, console.mark());
                    Checks.expectEqual(before[0], after[0], "boot");
                }
                type("read xvda", "read first from xvda");
            });
            s.check("its disk is plugged and unplugged while it runs", RESTART, () -> {
                int mark = console.mark();
                String vbd = guests.attach(vm, guests.makeDisk("more", 16 * Guests.MIB), "1");
                api.call("VBD.plug", vbd);
                console.await(mark, "guest: plugged xvdb", 60);
                type("write xvdb more", "wrote more to xvdb");
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
            s.check("an SR on NFS is plugged at both machines", RESTART, () -> {
                StorageTypes.serve(EXPORT, "10.79.4.0/24");
                shared = Command.xe("sr-create", "type=nfs", "shared=true", "name-label=shared disks", "content-type=user",
                        "device-config:server=" + addresses[0], "device-config:serverpath=" + EXPORT,
                        "device-config:nfsversion=4.1");
                guests.repository = api.text("SR.get_by_uuid", shared);
                Checks.expectEqual(2, pluggedAt(), "hosts that have it plugged");
            });
            s.check("a guest of the other machine has a disk of it", RESTART, () -> {
                vm = guests.installBare(template, NAME);
                disk = guests.makeDisk("common", 32 * Guests.MIB);
                guests.attach(vm, disk, "0");
                startThere();
                type("write xvda common", "wrote common to xvda");
            });
            s.check("the guest moves to this machine while it runs", RESTART, () -> {
                String[] before = Scenarios.tick(console, console.mark());
                String here = api.text("pool.get_master", api.refs("pool.get_all").get(0));
                api.call("VM.pool_migrate", vm, here, Map.of("live", "true"));
                Checks.expectEqual(here, api.text("VM.get_resident_on", vm), "host of the guest");
                console.close();
                console = new GuestConsole(api, vm);
                Checks.expectEqual(before[0], Scenarios.tick(console, 0)[0], "boot");
                type("write xvda moved", "wrote moved to xvda");
            });
            s.check("and starts on the other machine as soon as it has ended here", RESTART, () -> {
                api.call("VM.hard_shutdown", vm);
                startThere();
                type("read xvda", "read moved from xvda");
            });
            s.check("layers behind that disk are merged by the other machine", RESTART, () -> {
                List<String> snapshots = new ArrayList<>();
                for (int i = 0; i < SNAPSHOTS; i++) {
                    snapshots.add(api.text("VDI.snapshot", disk, Map.of()));
                    type("write xvda layer" + i, "wrote layer" + i + " to xvda");
                }
                Checks.expectEqual(SNAPSHOTS + 1, layers(), "layers");
                for (String each : snapshots) {
                    api.call("VDI.destroy", each);
                }
                // The layer that the guest writes to stays.
                Checks.await("two layers are left", RESTART, () -> layers() == 2);
                type("read xvda", "read layer" + (SNAPSHOTS - 1) + " from xvda");
            });
            s.check("the SR is unplugged at both, and removed", RESTART, () -> {
                api.call("VM.hard_shutdown", vm);
                guests.destroy(vm);
                for (String pbd : Command.xe("pbd-list", "sr-uuid=" + shared, "--minimal").split(",")) {
                    Command.xe("pbd-unplug", "uuid=" + pbd);
                }
                Command.xe("sr-destroy", "uuid=" + shared);
                StorageTypes.serveNoMore(EXPORT);
            });
            s.check("the other machine leaves", RESTART, () -> {
                Command.xe("pool-eject", "host-uuid=" + api.text("host.get_uuid", host), "--force");
                Checks.await("one host is left", RESTART, () -> api.refs("host.get_all").size() == 1);
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

    /** Starts the guest on the other machine, and opens its console in the place of the former one. */
    private void startThere() throws Exception {
        api.call("VM.start_on", vm, host, false, false);
        console.close();
        console = new GuestConsole(api, vm);
        Scenarios.tick(console, 0);
    }

    private int pluggedAt() throws Exception {
        int plugged = 0;
        for (String pbd : api.refs("SR.get_PBDs", guests.repository)) {
            plugged += api.call("PBD.get_currently_attached", pbd).asBoolean() ? 1 : 0;
        }
        return plugged;
    }

    /** How many images the disk consists of: one that was merged keeps its names while the guest runs. */
    private int layers() {
        String files = EXPORT + "/" + shared + "/" + api.text("VDI.get_uuid", disk) + "*.qcow2";
        return Integer.parseInt(Command.shell("stat -c %i " + files + " | sort -u | wc -l"));
    }

    /** The other host, once the coordinator drives it; null before that. */
    private String live() {
        for (String each : api.refs("host.get_all")) {
            if (api.text("host.get_address", each).equals(addresses[1])
                    && api.call("host_metrics.get_live", api.text("host.get_metrics", each)).asBoolean()) {
                return each;
            }
        }
        return null;
    }

    /** Runs xe at the other machine. */
    private static void other(String... words) throws IOException {
        String[] pool = System.getenv("XEN_TESTBED_POOL").split(" ");
        String password = Files.readString(Path.of("/share/root-password")).strip();
        String[] all = new String[words.length + 8];
        System.arraycopy(new String[] {"-s", pool[1], "-p", "8443", "-u", "root", "-pw", password}, 0, all, 0, 8);
        System.arraycopy(words, 0, all, 8, words.length);
        Command.xe(all);
    }

    private void type(String line, String answer) throws Exception {
        int mark = console.mark();
        console.type(line);
        console.await(mark, "guest: " + answer, 90);
    }
}
