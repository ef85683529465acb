package org.jxapi.testbed;

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
                Command.run("xl", "create", Dom0.xlConfig("foreign", "").toString());
                Checks.await("a VM of that name", 30, () -> !api.refs("VM.get_by_name_label", "foreign").isEmpty());
                vm = api.refs("VM.get_by_name_label", "foreign").get(0);
                guests.awaitState(vm, "Running", 10);
                Checks.expectEqual("true", api.call("VM.get_other_config", vm).path("foreign").asText(),
                        "other_config:foreign");
                guests.agree();
            });
            s.check("is neither rebooted nor saved by us, who do not know all of it", () -> {
                int domid = guests.domid(vm);
                api.refused("OPERATION_NOT_ALLOWED", "VM.hard_reboot", vm);
                api.refused("OPERATION_NOT_ALLOWED", "VM.suspend", vm);
                Checks.expectEqual("foreign", Dom0.domains().get(domid), "name of domain " + domid);
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
}
