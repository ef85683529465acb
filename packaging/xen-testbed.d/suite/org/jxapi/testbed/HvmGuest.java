package org.jxapi.testbed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A guest with firmware, a screen and a disc drive: what a PV guest does not have. */
final class HvmGuest {
    private static final Path DISCS = Path.of("/srv/discs");
    private static final long OTHER_SIZE = 2 * Guests.MIB;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private GuestConsole console;
    private String vm;
    private String uuid;
    private String drive;
    private int domid;
    private String[] tick;

    HvmGuest(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String template) {
        all.checks.scenario("hvm", s -> {
            s.check("is installed, with a disc in its drive", () -> {
                vm = guests.install(template, "hvm");
                uuid = all.uuid(vm);
                bootsFromDisc(all, vm);
                drive = drive();
            });
            s.check("starts, and its screen answers with RFB's greeting", () -> {
                console = new GuestConsole(api, vm);
                Command.xe("vm-start", "uuid=" + uuid);
                domid = guests.domid(vm);
                Checks.await("the screen", 60, () -> GuestConsole.screenGreets(api, vm));
                guests.agree();
            });
            s.check("boots from the disc: its init runs", () -> console.await(0, "guest: ready (\\w+)", 540));
            s.check("sees its disk, its nic and its disc", () -> {
                console.type("devices");
                console.await(0, "guest: disk xvda " + 48 * Guests.MIB, 60);
                String mac = api.text("VIF.get_MAC", api.refs("VM.get_VIFs", vm).get(0));
                console.await(0, "guest: nic eth0 " + mac, 60);
                console.await(0, "guest: disc sr0 " + Files.size(DISCS.resolve("guest.iso")), 60);
            });
            s.check("has its disc ejected: the drive is empty", () -> {
                Command.xe("vm-cd-eject", "uuid=" + uuid);
                Checks.expect(api.call("VBD.get_empty", drive).asBoolean(), "the VBD is not empty");
                sees("guest: disc sr0 none");
            });
            s.check("has another disc inserted", () -> {
                Command.xe("vm-cd-insert", "uuid=" + uuid, "cd-name=other.iso");
                Checks.expect(!api.call("VBD.get_empty", drive).asBoolean(), "the VBD is empty");
                sees("guest: disc sr0 " + OTHER_SIZE);
            });
            s.check("gets a disk while it runs, sees it, and gives it back", () -> {
                int mark = console.mark();
                String vbd = guests.attach(vm, guests.makeDisk("hvm second", 16 * Guests.MIB), "1");
                api.call("VBD.plug", vbd);
                console.await(mark, "guest: plugged xvdb", 60);
                mark = console.mark();
                api.call("VBD.unplug", vbd);
                console.await(mark, "guest: unplugged xvdb", 60);
            });
            s.check("is suspended to disk: neither domain nor device model is left", () -> {
                tick = Scenarios.tick(console, console.mark());
                all.suspend(vm);
            });
            s.check("is resumed: it goes on counting, with its screen, and its disc in its drive", () -> {
                all.resume(vm, console, tick);
                Checks.await("the screen", 60, () -> GuestConsole.screenGreets(api, vm));
                sees("guest: disc sr0 " + OTHER_SIZE);
            });
            s.check("shuts down cleanly", () -> {
                Command.xe("vm-shutdown", "uuid=" + uuid);
                Checks.expectEqual("Halted", guests.state(vm), "power state");
                guests.agree();
                Dom0.nothingLeft();
            });
            s.check("loses its device model: a call on it ends, and a hard shutdown leaves nothing behind", () -> {
                api.call("VM.start", vm, false, false);
                domid = guests.domid(vm);
                String model = Command.run("xenstore-read", "/local/domain/" + domid + "/image/device-model-pid");
                Command.run("kill", "-KILL", model);
                Checks.await("its end", 30, () -> !Files.exists(Path.of("/proc", model)));
                api.refused("INTERNAL_ERROR", "VBD.eject", drive);
                api.call("VM.hard_shutdown", vm);
                Checks.expectEqual("Halted", guests.state(vm), "power state");
                guests.agree();
                Dom0.nothingLeft();
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp("hvm");
        });
    }

    /** Gives a VM the disc with the guest, from which it boots. */
    static void bootsFromDisc(Scenarios all, String vm) throws IOException {
        if (all.api.refs("SR.get_by_name_label", "discs").isEmpty()) {
            makeDiscs();
        }
        Command.xe("vm-cd-add", "uuid=" + all.uuid(vm), "cd-name=guest.iso", "device=3");
        all.api.call("VM.set_HVM_boot_params", vm, XenApi.object().put("order", "dc").put("firmware", "bios"));
    }

    private static void makeDiscs() throws IOException {
        Files.createDirectories(DISCS);
        // An earlier suite on the same bed has left the files.
        Files.copy(Path.of("/boot/guest/guest.iso"), DISCS.resolve("guest.iso"), StandardCopyOption.REPLACE_EXISTING);
        Files.write(DISCS.resolve("other.iso"), new byte[(int) OTHER_SIZE]);
        Command.xe("sr-create", "type=iso", "name-label=discs", "content-type=iso", "device-config:location=" + DISCS,
                "device-config:legacy_mode=true");
    }

    private String drive() {
        for (String vbd : api.refs("VM.get_VBDs", vm)) {
            if (api.text("VBD.get_type", vbd).equals("CD")) {
                return vbd;
            }
        }
        throw new AssertionError("the VM has no drive");
    }

    /** Asks the guest until it says so: a drive needs a moment to notice. */
    private void sees(String line) throws Exception {
        for (int attempt = 1; ; attempt++) {
            int mark = console.mark();
            console.type("devices");
            console.await(mark, "guest: memory", 60);
            try {
                console.await(mark, line, 1);
                return;
            } catch (AssertionError e) {
                if (attempt == 10) {
                    throw e;
                }
            }
        }
    }
}
