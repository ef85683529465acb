package org.jxapi.testbed;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Guests that reboot, power off or crash by themselves: jxapid follows, and obeys the VM's actions. */
final class OwnActions {
    /** Seconds from Xen's word that a domain is gone to the event, in this emulation on a busy machine. */
    private static final double PROMPT = 10;

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
            s.check("reboots itself (after_reboot is restart): it runs again", () -> {
                int mark = console.mark();
                int before = guests.domid(vm);
                console.type("reboot");
                Scenarios.ready(console, mark);
                guests.awaitState(vm, "Running", 30);
                Checks.expect(guests.domid(vm) != before, "it has the old domain id");
                guests.agree();
            });
            s.check("panics (after_crash is restart): it runs again", () -> {
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

    /**
     * Types the command. The VM must be Halted soon after Xen has told that the domain is gone: what lies between its stop
     * and its end are Xen's own scripts.
     */
    private void halts(String command) throws Exception {
        Process watch = new ProcessBuilder("xenstore-watch", "@releaseDomain").start();
        BlockingQueue<Long> told = new LinkedBlockingQueue<>();
        // Only this thread touches the stream: closing it meanwhile would wait for what is never written.
        Thread reader = new Thread(() -> watch.inputReader().lines().forEach(line -> told.add(System.nanoTime())), "watch");
        reader.setDaemon(true);
        reader.start();
        try {
            // The first line comes with the registration.
            Checks.expect(told.poll(30, TimeUnit.SECONDS) != null, "xenstore-watch did not register in 30 s");
            int mark = all.events.mark();
            console.type(command);
            Long stopped = told.poll(120, TimeUnit.SECONDS);
            Checks.expect(stopped != null, "the guest did not stop in 120 s");
            Long gone = told.poll(120, TimeUnit.SECONDS);
            Checks.expect(gone != null, "the domain was not gone 120 s after the guest stopped");
            Events.Seen halted = all.events.await(mark, vm, "Halted", 60);
            double seconds = (halted.nanos() - gone) / 1e9;
            System.out.printf(
                    java.util.Locale.ROOT,
                    "      the domain was gone %.2f s after the guest stopped, and Halted %.2f s after that%n",
                    (gone - stopped) / 1e9,
                    seconds);
            Checks.expect(seconds < PROMPT, "the event came " + seconds + " s after Xen's");
            guests.agree();
        } finally {
            watch.destroy();
        }
    }
}
