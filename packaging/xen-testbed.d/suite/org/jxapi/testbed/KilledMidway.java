package org.jxapi.testbed;

import java.util.List;
import java.util.Random;

/**
 * jxapid is killed again and again while it works on a VM, each time at another moment. Whatever it was doing, the next
 * jxapid agrees with Xen, nothing is left over, what the guest had written is on its disk, and a guest that was not asked
 * to stop has lost nothing of its memory.
 */
final class KilledMidway {
    private static final int MOST_MS = 8000;
    private static final int SETTLE_SECONDS = 25;
    private static final String VM = "killed";

    private final Scenarios all;
    private final Guests guests;
    private final XenApi api;
    private final int rounds;
    private final Random random;
    private final long seed;
    private GuestConsole console;
    private String vm;
    private String boot;

    KilledMidway(Scenarios all, int rounds, long seed) {
        this.all = all;
        guests = all.guests;
        api = all.api;
        this.rounds = rounds;
        this.seed = seed;
        random = new Random(seed);
    }

    void tell(String template) {
        all.checks.scenario("killed midway", s -> {
            s.check("a guest runs and writes to its disk (seed " + seed + ")", () -> {
                vm = guests.install(template, VM);
                console = new GuestConsole(api, vm);
                api.call("VM.start", vm, false, false);
                boot = Scenarios.ready(console, 0);
                console.type("write xvda kept");
                console.await(0, "guest: wrote kept to xvda", 60);
            });
            for (int round = 1; round <= rounds; round++) {
                round(s, round);
            }
        }, () -> {
            if (console != null) {
                console.close();
            }
            if (!all.jxapid.running()) {
                all.startJxapid();
            }
            all.cleanUp(VM);
        });
    }

    private void round(Checks.Scenario s, int round) throws Exception {
        if (vm == null) {
            return;
        }
        String before = guests.state(vm);
        String method = next(before);
        int delay = random.nextInt(MOST_MS);
        s.check(round + ": " + before + ", " + method + ", killed after " + delay + " ms", () -> {
            begin(method);
            Thread.sleep(delay);
            all.jxapid.kill();
            all.startJxapid();
            guests.agree();
            if (method.startsWith("clean_")) {
                settle();
            }
            String after = guests.state(vm);
            System.out.println("      " + after);
            if (after.equals("Halted")) {
                Checks.expect(List.of("start", "hard_shutdown", "clean_shutdown").contains(method), "the guest was lost");
                Dom0.nothingLeft();
                starts();
            } else {
                goesOn(after, method);
            }
            int mark = console.mark();
            console.type("read xvda");
            console.await(mark, "guest: read kept from xvda", 120);
            // The next round begins with any of these.
            switch (random.nextInt(3)) {
                case 0 -> api.call("VM.suspend", vm);
                case 1 -> api.call("VM.hard_shutdown", vm);
                default -> {}
            }
        });
    }

    private String next(String state) {
        List<String> methods = switch (state) {
            case "Halted" -> List.of("start");
            case "Suspended" -> List.of("resume");
            default -> List.of("hard_shutdown", "clean_shutdown", "hard_reboot", "clean_reboot", "suspend", "suspend", "pause", "snapshot");
        };
        return methods.get(random.nextInt(methods.size()));
    }

    private void begin(String method) {
        switch (method) {
            case "start", "resume" -> api.call("Async.VM." + method, vm, false, false);
            case "snapshot" -> api.call("Async.VM.snapshot", vm, VM + "-snapshot");
            default -> api.call("Async.VM." + method, vm);
        }
    }

    private void starts() throws InterruptedException {
        int mark = console.mark();
        api.call("VM.start", vm, false, false);
        boot = Scenarios.ready(console, mark);
    }

    /** A guest that has been told to stop does so in its own time; waits for that, in case it has been. */
    private void settle() throws InterruptedException {
        String domid = api.text("VM.get_domid", vm);
        long end = System.nanoTime() + SETTLE_SECONDS * 1_000_000_000L;
        while (System.nanoTime() < end && api.text("VM.get_domid", vm).equals(domid)) {
            Thread.sleep(500);
        }
        guests.agree();
    }

    /** The guest goes on in the boot that it was in, unless it was asked to end that. */
    private void goesOn(String state, String method) throws InterruptedException {
        if (state.equals("Suspended")) {
            Dom0.nothingLeft();
            api.call("VM.resume", vm, false, false);
        } else if (state.equals("Paused")) {
            api.call("VM.unpause", vm);
        }
        String now = Scenarios.tick(console, console.mark())[0];
        boolean mayReboot = List.of("start", "hard_reboot", "clean_reboot").contains(method);
        Checks.expect(mayReboot || now.equals(boot), "the guest was in boot " + boot + ", now it is in " + now);
        boot = now;
    }
}
