package org.jxapi.testbed;

import java.util.ArrayList;
import java.util.List;

/** A repository that two machines of a pool share. */
final class SharedDisks {
    private static final String NAME = "shared";
    /** Two machines under emulation share the processors of one. */
    private static final int LONG = 600;
    private static final int SNAPSHOTS = 3;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final OtherMachine other;
    private String host;
    private String vm;
    private String sr;
    private String disk;
    private GuestConsole console;

    SharedDisks(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
        other = new OtherMachine(api);
    }

    /**
     * @param type {@code SR.type}
     * @param layers a command that counts the layers of a disk; {@code $SR} and {@code $VDI} are UUIDs
     */
    void tell(String type, String template, StorageTypes.Ground ground, String layers) {
        all.checks.scenario("shared " + type, s -> {
            s.check("is plugged at both machines", LONG, () -> {
                host = other.joined(all.jxapid.password());
                List<String> words = new ArrayList<>(List.of("sr-create", "type=" + type, "shared=true", "name-label=" + NAME,
                        "content-type=user"));
                words.addAll(ground.make());
                sr = Command.xe(words.toArray(String[]::new));
                guests.repository = api.text("SR.get_by_uuid", sr);
                Checks.expectEqual(2, pluggedAt(), "hosts that have it plugged");
            });
            s.check("a guest of the other machine has a disk of it", LONG, () -> {
                vm = guests.installBare(template, NAME);
                disk = guests.makeDisk("common", 32 * Guests.MIB);
                guests.attach(vm, disk, "0");
                startThere();
                console.ask("write xvda common", "wrote common to xvda");
            });
            s.check("the guest moves to this machine while it runs", LONG, () -> {
                String[] before = Scenarios.tick(console, console.mark());
                String here = api.text("pool.get_master", api.refs("pool.get_all").get(0));
                api.call("VM.pool_migrate", vm, here, XenApi.object().put("live", "true"));
                Checks.expectEqual(here, api.text("VM.get_resident_on", vm), "host of the guest");
                open();
                Checks.expectEqual(before[0], Scenarios.tick(console, 0)[0], "boot");
                console.ask("write xvda moved", "wrote moved to xvda");
            });
            s.check("and starts on the other machine as soon as it has ended here", LONG, () -> {
                api.call("VM.hard_shutdown", vm);
                startThere();
                console.ask("read xvda", "read moved from xvda");
            });
            s.check("layers behind that disk are merged by the other machine", LONG, () -> {
                List<String> snapshots = new ArrayList<>();
                for (int i = 0; i < SNAPSHOTS; i++) {
                    snapshots.add(api.text("VDI.snapshot", disk, XenApi.object()));
                    console.ask("write xvda layer" + i, "wrote layer" + i + " to xvda");
                }
                Checks.expectEqual(SNAPSHOTS + 1, count(layers), "layers");
                for (String each : snapshots) {
                    api.call("VDI.destroy", each);
                }
                // The layer that the guest writes to stays.
                Checks.await("two layers are left", LONG, () -> count(layers) == 2);
                console.ask("read xvda", "read layer" + (SNAPSHOTS - 1) + " from xvda");
            });
            s.check("the coordinator is killed, and takes a snapshot of the running guest's disk after it", LONG, () -> {
                console.ask("write xvda before", "wrote before to xvda");
                all.jxapid.kill();
                all.startJxapid();
                Checks.await("the host is live", LONG, () -> other.live() != null);
                open();
                String snapshot = api.text("VDI.snapshot", disk, XenApi.object());
                console.ask("write xvda after", "wrote after to xvda");
                String clone = api.text("VDI.clone", snapshot, XenApi.object());
                int mark = console.mark();
                String vbd = guests.attach(vm, clone, "1");
                api.call("VBD.plug", vbd);
                console.await(mark, "guest: plugged xvdb", 60);
                console.ask("read xvdb", "read before from xvdb");
                api.call("VM.hard_shutdown", vm);
                api.call("VBD.destroy", vbd);
                api.call("VDI.destroy", clone);
                api.call("VDI.destroy", snapshot);
            });
            s.check("is unplugged at both, and removed", LONG, () -> {
                guests.destroy(vm);
                for (String pbd : Command.xe("pbd-list", "sr-uuid=" + sr, "--minimal").split(",")) {
                    Command.xe("pbd-unplug", "uuid=" + pbd);
                }
                Command.xe("sr-destroy", "uuid=" + sr);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp(NAME);
            ground.remove();
        });
    }

    /** Starts the guest on the other machine, and opens its console in the place of the former one. */
    private void startThere() throws Exception {
        api.call("VM.start_on", vm, host, false, false);
        open();
        Scenarios.tick(console, 0);
    }

    private void open() throws Exception {
        if (console != null) {
            console.close();
        }
        console = new GuestConsole(api, vm);
    }

    private int pluggedAt() {
        int plugged = 0;
        for (String pbd : api.refs("SR.get_PBDs", guests.repository)) {
            plugged += api.call("PBD.get_currently_attached", pbd).asBoolean() ? 1 : 0;
        }
        return plugged;
    }

    /** How many layers the disk consists of: one that was merged keeps its names while the guest runs. */
    private int count(String layers) {
        return Integer.parseInt(Command.shell("SR=" + sr + " VDI=" + api.text("VDI.get_uuid", disk) + "; " + layers).strip());
    }
}
