package org.jxapi.testbed;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a guest does to itself: jxapid follows, and does what the VM's actions say. */
final class OwnActions {
    /** From Xen's word that a domain has stopped to the event, in this emulation. */
    private static final double PROMPT = 5;

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private GuestConsole console;
    private String vm;

    OwnActions(Scenarios all) {
        this.all = all;
        guests = all.guests;
        api = all.api;
    }

    void tell(String name, String template) {
        all.checks.scenario(name, s -> {
            s.check("runs", () -> {
                vm = guests.install(template, name);
                console = new GuestConsole(api, vm);
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, 0);
            });
            s.check("reboots itself (after_reboot is restart): it runs anew", () -> {
                int mark = console.mark();
                int before = guests.domid(vm);
                console.type("reboot");
                Scenarios.ready(console, mark);
                guests.awaitState(vm, "Running", 30);
                Checks.expect(guests.domid(vm) != before, "it has the old domain id");
                guests.agree();
            });
            s.check("panics (after_crash is restart): it runs anew", () -> {
                int mark = console.mark();
                api.call("VM.set_actions_after_crash", vm, "restart");
                console.type("panic");
                Scenarios.ready(console, mark);
                guests.awaitState(vm, "Running", 30);
                guests.agree();
            });
            s.check("panics (after_crash is destroy): Halted, promptly", () -> {
                api.call("VM.set_actions_after_crash", vm, "destroy");
                halts("panic");
            });
            s.check("powers itself off: Halted, promptly", () -> {
                int mark = console.mark();
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, mark);
                halts("poweroff");
            });
            s.check("reboots itself (after_reboot is destroy): Halted, promptly", () -> {
                int mark = console.mark();
                api.call("VM.set_actions_after_reboot", vm, "destroy");
                api.call("VM.start", vm, false, false);
                Scenarios.ready(console, mark);
                halts("reboot");
            });
        }, () -> {
            if (console != null) {
                console.close();
            }
            all.cleanUp(name);
        });
    }

    /** Types the command; the VM must be Halted soon after Xen has told that its domain stopped. */
    private void halts(String command) throws Exception {
        Process watch = new ProcessBuilder("xenstore-watch", "@releaseDomain").start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(watch.getInputStream()))) {
            // The first line comes with the registration.
            lines.readLine();
            BlockingQueue<Long> told = new LinkedBlockingQueue<>();
            Thread reader = new Thread(() -> lines.lines().forEach(line -> told.add(System.nanoTime())));
            reader.setDaemon(true);
            reader.start();
            int mark = all.events.mark();
            console.type(command);
            Long stopped = told.poll(120, TimeUnit.SECONDS);
            Checks.expect(stopped != null, "Xen does not tell of a stopped domain");
            Events.Seen halted = all.events.await(mark, vm, "Halted", 60);
            double seconds = (halted.nanos() - stopped) / 1e9;
            System.out.printf(java.util.Locale.ROOT, "      Halted %.2f s after Xen told of it%n", seconds);
            Checks.expect(seconds < PROMPT, "the event came " + seconds + " s after Xen's");
            guests.agree();
        } finally {
            watch.destroy();
        }
    }
}
