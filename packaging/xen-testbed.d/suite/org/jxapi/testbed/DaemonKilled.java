package org.jxapi.testbed;

/** jxapid is killed while guests run: they do not notice, and afterwards everything is true again. */
final class DaemonKilled {
    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private GuestConsole console;
    private String stays;
    private String dies;
    private String boot;

    DaemonKilled(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String template) {
        all.checks.scenario("kill -9 of jxapid", s -> {
            s.check("two guests run", () -> {
                stays = guests.install(template, "stays");
                dies = guests.install(template, "dies");
                console = new GuestConsole(api, stays);
                api.call("VM.start", stays, false, false);
                api.call("VM.start", dies, false, false);
                boot = Scenarios.ready(console, 0);
            });
            s.check("with jxapid dead, both domains live; one is destroyed by xl", () -> {
                int domid = guests.domid(dies);
                int other = guests.domid(stays);
                all.jxapid.kill();
                Checks.expect(Dom0.domains().keySet().containsAll(java.util.List.of(domid, other)), "a domain is gone");
                Command.run("xl", "destroy", String.valueOf(domid));
            });
            s.check("jxapid starts again, and the one is Running, the other Halted", () -> {
                all.startJxapid();
                guests.awaitState(stays, "Running", 30);
                guests.awaitState(dies, "Halted", 30);
                guests.agree();
            });
            s.check("the guest that runs went on: same boot, and its console is there", () -> {
                int mark = console.mark();
                Checks.expectEqual(boot, Scenarios.tick(console, mark)[0], "boot id");
            });
            s.check("the other one can be started again", () -> {
                api.call("VM.start", dies, false, false);
                guests.agree();
            });
            s.check("a guest that powers itself off now is seen", () -> {
                int mark = all.events.mark();
                console.type("poweroff");
                all.events.await(mark, stays, "Halted", 60);
            });
            s.check("killed in the middle of a start: afterwards VM and domain agree, and the VM starts", () -> {
                Thread start = new Thread(() -> {
                    try {
                        api.call("VM.start", stays, false, false);
                    } catch (RuntimeException e) {
                        // Its connection breaks.
                    }
                });
                start.start();
                Thread.sleep(700);
                all.jxapid.kill();
                start.join(60_000);
                Checks.expect(!start.isAlive(), "VM.start still waits 60 s after jxapid was killed");
                all.startJxapid();
                guests.agree();
                if (!guests.state(stays).equals("Halted")) {
                    api.call("VM.hard_shutdown", stays);
                }
                int mark = console.mark();
                api.call("VM.start", stays, false, false);
                Scenarios.ready(console, mark);
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            if (!all.jxapid.running()) {
                all.startJxapid();
            }
            all.cleanUp("stays", "dies");
        });
    }
}
