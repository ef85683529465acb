package org.jxapi.testbed;

import java.util.regex.Matcher;

/** Disks, nics, memory and processors of a running guest, as the guest sees them. */
final class Hotplug {
    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private GuestConsole console;
    private String vm;
    private String vbd;
    private String vif;

    Hotplug(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String name, String template) {
        all.checks.scenario(name, s -> {
            s.check("runs", () -> {
                vm = guests.install(template, name);
                api.call("VM.set_VCPUs_at_startup", vm, 1);
                console = new GuestConsole(api, vm);
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, 0);
                Scenarios.tick(console, 0);
            });
            s.check("gets a disk, and sees it", () -> {
                int mark = console.mark();
                vbd = guests.attach(vm, guests.makeDisk("second", 16 * Guests.MIB), "1");
                api.call("VBD.plug", vbd);
                console.await(mark, "guest: plugged xvdb", 60);
                console.type("write xvdb extra");
                console.await(mark, "guest: wrote extra to xvdb", 60);
            });
            s.check("gives the disk back", () -> {
                int mark = console.mark();
                api.call("VBD.unplug", vbd);
                console.await(mark, "guest: unplugged xvdb", 60);
                Checks.expect(!api.call("VBD.get_currently_attached", vbd).asBoolean(), "still attached");
            });
            s.check("gets the disk again, with its data", () -> {
                int mark = console.mark();
                api.call("VBD.plug", vbd);
                console.await(mark, "guest: plugged xvdb", 60);
                console.type("read xvdb");
                console.await(mark, "guest: read extra from xvdb", 60);
                api.call("VBD.unplug", vbd);
            });
            s.check("gets a nic, and sees it", () -> {
                int mark = console.mark();
                vif = guests.addNic(vm, "1");
                api.call("VIF.plug", vif);
                console.await(mark, "guest: plugged eth1", 60);
            });
            s.check("gives the nic back", () -> {
                int mark = console.mark();
                api.call("VIF.unplug", vif);
                console.await(mark, "guest: unplugged eth1", 60);
            });
            s.check("gives memory back, and gets it again", () -> {
                int mark = console.mark();
                long before = memory(mark);
                mark = console.mark();
                long less = Guests.MEMORY - 32 * Guests.MIB;
                api.call("VM.set_memory_dynamic_range", vm, less, less);
                long after = memory(mark);
                Checks.expect(after < before - 16 * 1024, "the guest saw " + before + " kB, then " + after);
                mark = console.mark();
                api.call("VM.set_memory_dynamic_range", vm, Guests.MEMORY, Guests.MEMORY);
                Checks.expect(memory(mark) > after, "the guest does not see its memory again");
            });
            s.check("gets a second processor, and gives it back", () -> {
                int mark = console.mark();
                api.call("VM.set_VCPUs_number_live", vm, 2);
                console.await(mark, "guest: processors 2", 60);
                mark = console.mark();
                api.call("VM.set_VCPUs_number_live", vm, 1);
                console.await(mark, "guest: processors 1", 60);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp(name);
        });
    }

    /** The next memory size that the guest reports, in kB. */
    private long memory(int mark) throws Exception {
        long known = -1;
        for (int attempt = 0; ; attempt++) {
            int from = console.mark();
            console.type("devices");
            Matcher matcher = console.await(from, "guest: memory (\\d+) kB, processors", 60);
            long now = Long.parseLong(matcher.group(1));
            if (now == known || attempt == 8) {
                return now;
            }
            known = now;
            Thread.sleep(2000);
        }
    }
}
