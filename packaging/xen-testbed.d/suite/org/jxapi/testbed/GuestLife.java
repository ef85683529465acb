package org.jxapi.testbed;

import java.nio.file.Files;
import java.nio.file.Path;

/** A guest's life from its template to its end, by xe. */
final class GuestLife {
    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private String vm;
    private String uuid;
    private String snapshot;
    private GuestConsole console;
    private String boot;
    private String[] tick;

    GuestLife(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    /**
     * @param name the VM's name
     * @param template its template
     */
    void tell(String name, String template) {
        all.checks.scenario(name, s -> {
            s.check("is installed from its template: a disk on the file SR, a nic on the bridge", () -> {
                vm = guests.install(template, name);
                uuid = all.uuid(vm);
                Checks.expectEqual(48 * Guests.MIB, api.call("VDI.get_virtual_size", guests.disk(vm, "0")).asLong(),
                        "size of the disk");
                Path file = guests.file(guests.disk(vm, "0"));
                Checks.expect(Files.exists(file), "there is no " + file);
                guests.agree();
            });
            s.check("starts, and its console says so", () -> {
                console = new GuestConsole(api, vm);
                int mark = all.events.mark();
                Command.xe("vm-start", "uuid=" + uuid);
                boot = Scenarios.ready(console, 0);
                all.events.await(mark, vm, "Running", 10);
                guests.agree();
            });
            s.check("sees its disk and its nic", () -> {
                console.type("devices");
                console.await(0, "guest: disk xvda " + 48 * Guests.MIB, 60);
                String mac = api.text("VIF.get_MAC", api.refs("VM.get_VIFs", vm).get(0));
                console.await(0, "guest: nic eth0 " + mac, 60);
            });
            s.check("is seen to have drivers, as its devices are connected", () -> Checks.await(
                    "PV_drivers_detected", 30, () -> api.call(
                                    "VM_guest_metrics.get_PV_drivers_detected", api.text("VM.get_guest_metrics", vm))
                            .asBoolean()));
            s.check("writes to its disk", () -> {
                console.type("write xvda first");
                console.await(0, "guest: wrote first to xvda", 60);
            });
            s.check("is paused: it stands still", () -> {
                Command.xe("vm-pause", "uuid=" + uuid);
                Checks.expectEqual("Paused", guests.state(vm), "power state");
                guests.agree();
                guests.listsAgree();
                Checks.expect(Command.run("xl", "list", String.valueOf(guests.domid(vm))).matches("(?s).*[r-][b-]p---.*"), "xl list does not say paused");
            });
            s.check("is unpaused: it goes on", () -> {
                Command.xe("vm-unpause", "uuid=" + uuid);
                Checks.expectEqual("Running", guests.state(vm), "power state");
                tick = Scenarios.tick(console, console.mark());
                Checks.expectEqual(boot, tick[0], "boot id");
            });
            s.check("is suspended to disk: no domain is left", () -> all.suspend(vm));
            s.check("is resumed: it goes on counting, and has not rebooted", () -> all.resume(vm, console, tick));
            s.check("still reads its disk after that", () -> reads("first"));
            s.check("reboots cleanly", () -> {
                int mark = console.mark();
                Command.xe("vm-reboot", "uuid=" + uuid);
                console.await(mark, "guest: rebooting", 120);
                newBoot(mark);
            });
            s.check("has its data after the reboot", () -> reads("first"));
            s.check("is snapshotted while it runs", () -> {
                String id = Command.xe("vm-snapshot", "uuid=" + uuid, "new-name-label=" + name + "-snapshot");
                snapshot = api.text("VM.get_by_uuid", id);
            });
            s.check("overwrites its data", () -> {
                int mark = console.mark();
                console.type("write xvda second");
                console.await(mark, "guest: wrote second to xvda", 60);
            });
            s.check("reboots hard", () -> {
                int mark = console.mark();
                Command.xe("vm-reboot", "force=true", "uuid=" + uuid);
                newBoot(mark);
                reads("second");
            });
            s.check("shuts down cleanly", () -> {
                int mark = console.mark();
                int seen = all.events.mark();
                Command.xe("vm-shutdown", "uuid=" + uuid);
                console.await(mark, "guest: powering off", 5);
                all.events.await(seen, vm, "Halted", 10);
                Checks.expectEqual("Halted", guests.state(vm), "power state");
                guests.agree();
                Dom0.nothingLeft();
            });
            s.check("is reverted to the snapshot, whose disk has the old data", () -> {
                Command.xe("snapshot-revert", "snapshot-uuid=" + all.uuid(snapshot));
                if (guests.state(vm).equals("Suspended")) {
                    Command.xe("vm-resume", "uuid=" + uuid);
                } else {
                    Command.xe("vm-start", "uuid=" + uuid);
                }
                int mark = console.mark();
                console.type("read xvda");
                console.await(mark, "guest: read first from xvda", 180);
            });
            s.check("is shut down hard", () -> {
                Command.xe("vm-shutdown", "force=true", "uuid=" + uuid);
                Checks.expectEqual("Halted", guests.state(vm), "power state");
                guests.agree();
                Dom0.nothingLeft();
            });
            s.check("is uninstalled: its disk's file is gone", () -> {
                Command.xe("snapshot-uninstall", "snapshot-uuid=" + all.uuid(snapshot), "force=true");
                Command.xe("vm-uninstall", "uuid=" + uuid, "force=true");
                Checks.expect(api.refs("VM.get_by_name_label", name).isEmpty(), "the VM is still there");
                Checks.expectEqual("", Command.shell("ls " + Guests.FOLDER), "files of the SR");
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp(name);
        });
    }

    private void newBoot(int mark) throws InterruptedException {
        String next = Scenarios.ready(console, mark);
        Checks.expect(!next.equals(boot), "the guest has not rebooted");
        boot = next;
        guests.awaitState(vm, "Running", 30);
        guests.agree();
    }

    private void reads(String text) throws Exception {
        int mark = console.mark();
        console.type("read xvda");
        console.await(mark, "guest: read " + text + " from xvda", 60);
    }
}
