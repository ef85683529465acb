package org.jxapi.testbed;

import java.nio.file.Files;
import java.nio.file.Path;

/** Domains that others make and destroy. */
final class Neighbours {
    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private String vm;
    private String mine;

    Neighbours(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String template) {
        all.checks.scenario("a domain of xl create", s -> {
            s.check("shows up as a VM that is marked as not ours", () -> {
                xlCreate("foreign");
                Checks.await("a VM of that name", 30, () -> !api.refs("VM.get_by_name_label", "foreign").isEmpty());
                vm = api.refs("VM.get_by_name_label", "foreign").get(0);
                guests.awaitState(vm, "Running", 10);
                Checks.expectEqual("true", api.call("VM.get_other_config", vm).path("foreign").asText(),
                        "other_config:foreign");
                guests.agree();
            });
            s.check("is shut down by xe", () -> {
                Command.xe("vm-shutdown", "uuid=" + all.uuid(vm), "force=true");
                guests.agree();
                Dom0.nothingLeft();
            });
            s.check("our own VM that xl destroys becomes Halted, with an event", () -> {
                mine = guests.install(template, "mine");
                api.call("VM.start", mine, false, false);
                int mark = all.events.mark();
                Command.run("xl", "destroy", String.valueOf(guests.domid(mine)));
                all.events.await(mark, mine, "Halted", 30);
                guests.agree();
            });
            s.check("our own VM that xl pauses and unpauses is Paused, then Running", () -> {
                api.call("VM.start", mine, false, false);
                Command.run("xl", "pause", String.valueOf(guests.domid(mine)));
                guests.awaitState(mine, "Paused", 60);
                Command.run("xl", "unpause", String.valueOf(guests.domid(mine)));
                guests.awaitState(mine, "Running", 60);
            });
        }, () -> {
            Command.shell("xl destroy foreign 2>/dev/null");
            all.cleanUp("mine");
        });
    }

    static void xlCreate(String name) throws java.io.IOException {
        Path config = Path.of("/root/" + name + ".cfg");
        Files.writeString(config, "name = \"" + name + "\"\nkernel = \"/boot/guest/vmlinux\"\n"
                + "ramdisk = \"/boot/guest/initramfs\"\nextra = \"console=hvc0 quiet\"\nmemory = 192\nvcpus = 1\n");
        Command.run("xl", "create", config.toString());
    }
}
