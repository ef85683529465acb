package org.jxapi.testbed;

import java.nio.file.Files;
import java.nio.file.Path;

/** Starts that fail: they return a clear XenAPI error and leave nothing behind. */
final class Faults {
    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private String vm;

    Faults(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String template, boolean every) {
        all.checks.scenario("a start that fails", s -> {
            s.check("has a VM to try with", () -> vm = guests.install(template, "faulty"));
            s.check("for want of the disk's file answers an error, leaves nothing, and works when it is back", () -> {
                Path file = guests.file(guests.disk(vm, "0"));
                Path away = Path.of("/srv/away");
                Files.move(file, away);
                fails("SR_BACKEND_FAILURE_46");
                Files.move(away, file);
                api.call("VM.start", vm, false, false);
                api.call("VM.hard_shutdown", vm);
            });
            s.check("for want of the kernel answers an error and leaves nothing", () -> {
                api.call("VM.set_PV_kernel", vm, "/boot/guest/missing");
                fails("INVALID_VALUE");
                api.call("VM.set_PV_kernel", vm, "/boot/guest/vmlinux");
            });
            s.check("for want of memory answers HOST_NOT_ENOUGH_FREE_MEMORY and leaves nothing", () -> {
                long much = 64 * 1024 * Guests.MIB;
                api.call("VM.set_memory_limits", vm, much, much, much, much);
                fails("HOST_NOT_ENOUGH_FREE_MEMORY");
                api.call("VM.set_memory_limits", vm, 64 * Guests.MIB, Guests.MEMORY, Guests.MEMORY, Guests.MEMORY);
            });
            if (!every) {
                return;
            }
            s.check("for want of the bridge answers an error, leaves nothing, and works when it is back", () -> {
                rename("xenbr0", "away0");
                try {
                    fails("HOST_CANNOT_ATTACH_NETWORK");
                } finally {
                    rename("away0", "xenbr0");
                }
                api.call("VM.start", vm, false, false);
                guests.agree();
            });
            s.check("of xenconsoled's restart a guest takes no harm, and its console works again", () -> {
                try (GuestConsole console = new GuestConsole(api, vm)) {
                    Scenarios.tick(console, 0);
                }
                Command.shell("kill $(pgrep xenconsoled); sleep 1; /usr/lib/xen-*/bin/xenconsoled --log=guest"
                        + " >/dev/null 2>&1 </dev/null");
                try (GuestConsole console = new GuestConsole(api, vm)) {
                    Scenarios.tick(console, 0);
                }
                api.call("VM.hard_shutdown", vm);
            });
        }, () -> all.cleanUp("faulty"));
    }

    /** Renames the bridge; the kernel does that while it is down. */
    private static void rename(String from, String to) {
        Command.run("ip", "link", "set", from, "down");
        Command.run("ip", "link", "set", from, "name", to);
        Command.run("ip", "link", "set", to, "up");
    }

    private void fails(String code) throws InterruptedException {
        api.refused(code, "VM.start", vm, false, false);
        Checks.expectEqual("Halted", guests.state(vm), "power state");
        Dom0.nothingLeft();
        guests.agree();
    }
}
