package org.jxapi.testbed;

/** The objects that the scenarios share. */
final class Scenarios {
    final Checks checks;
    final Jxapid jxapid;
    final XenApi api;
    final Guests guests;
    final Events events;

    Scenarios(Checks checks, Jxapid jxapid, XenApi api, Guests guests, Events events) {
        this.checks = checks;
        this.jxapid = jxapid;
        this.api = api;
        this.guests = guests;
        this.events = events;
    }

    /** Starts jxapid after it was killed, and logs in again. */
    void startJxapid() throws Exception {
        jxapid.start();
        api.login(jxapid.password());
    }

    String uuid(String vm) {
        return api.text("VM.get_uuid", vm);
    }

    /** Makes an end of the VMs of these names, and expects nothing to be left of them. */
    void cleanUp(String... names) throws InterruptedException {
        for (String name : names) {
            for (String vm : api.refs("VM.get_by_name_label", name)) {
                if (!api.call("VM.get_is_a_snapshot", vm).asBoolean()) {
                    guests.destroy(vm);
                }
            }
        }
        Dom0.nothingLeft();
        guests.agree();
    }

    /** Suspends a VM to disk; of its domain nothing is left. */
    void suspend(String vm) throws InterruptedException {
        Command.xe("vm-suspend", "uuid=" + uuid(vm));
        Checks.expectEqual("Suspended", guests.state(vm), "power state");
        guests.agree();
        Dom0.nothingLeft();
    }

    /** Resumes a VM, whose guest goes on where it was: the same boot counts on. */
    void resume(String vm, GuestConsole console, String[] before) throws InterruptedException {
        int mark = console.mark();
        Command.xe("vm-resume", "uuid=" + uuid(vm));
        Checks.expectEqual("Running", guests.state(vm), "power state");
        String[] tick = tick(console, mark);
        Checks.expectEqual(before[0], tick[0], "boot id");
        Checks.expect(Integer.parseInt(tick[1]) > Integer.parseInt(before[1]),
                "the count went from " + before[1] + " to " + tick[1]);
        guests.agree();
    }

    /** Waits for a guest's init after a start; answers the id of its boot. */
    static String ready(GuestConsole console, int mark) throws InterruptedException {
        return console.await(mark, "guest: ready (\\w+)", 300).group(1);
    }

    /** Waits until the guest counts on; answers boot id and count. */
    static String[] tick(GuestConsole console, int mark) throws InterruptedException {
        var tick = console.await(mark, "guest: tick (\\w+) (\\d+)", 120);
        return new String[] {tick.group(1), tick.group(2)};
    }
}
