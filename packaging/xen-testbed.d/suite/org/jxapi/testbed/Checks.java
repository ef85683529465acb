package org.jxapi.testbed;

import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** Runs checks, prints one line each, and counts. */
final class Checks {
    /** Every wait in a check has a bound of its own; this one is for what nobody thought of. */
    private static final int LIMIT = 600;

    /** The body of a check. It fails by throwing. */
    interface Body {
        void run() throws Exception;
    }

    /** A scenario's checks, in order. */
    interface Story {
        void tell(Scenario scenario) throws Exception;
    }

    private final List<String> only;
    private final Runnable onFailure;
    private int passed;
    private int failed;
    private int skipped;

    /**
     * @param only parts of the names of the scenarios to run; empty for all
     * @param onFailure shows the state of the host
     */
    Checks(List<String> only, Runnable onFailure) {
        this.only = List.copyOf(only);
        this.onFailure = onFailure;
    }

    /** Checks that build on each other: after one that fails, the others are skipped. */
    final class Scenario {
        private final String name;
        private boolean broken;

        private Scenario(String name) {
            this.name = name;
        }

        void check(String what, Body body) {
            check(what, LIMIT, body);
        }

        /** Like check, for a body that may take longer than others. */
        void check(String what, int seconds, Body body) {
            if (broken) {
                skipped++;
                System.out.printf("skip            %s: %s%n", name, what);
                return;
            }
            broken = !attempt(name + ": " + what, seconds, body);
        }
    }

    /** Runs a scenario if it is selected, and always cleans up after it. A failed clean-up is a failed check. */
    void scenario(String name, Story story, Body cleanUp) {
        if (only.isEmpty() || only.stream().anyMatch(name::contains)) {
            always(name, story, cleanUp);
        }
    }

    /** Runs a scenario that all others need. */
    void always(String name, Story story, Body cleanUp) {
        Scenario scenario = new Scenario(name);
        try {
            story.tell(scenario);
        } catch (Exception e) {
            attempt(name + ": runs to its end", LIMIT, () -> {
                throw e;
            });
        }
        attempt(name + ": leaves nothing behind", LIMIT, cleanUp);
    }

    private boolean attempt(String what, int seconds, Body body) {
        long start = System.nanoTime();
        Watchdog watchdog = new Watchdog(Thread.currentThread(), seconds);
        try {
            try {
                body.run();
            } finally {
                watchdog.end();
            }
            passed++;
            System.out.printf(Locale.ROOT, "ok    %6.1f s  %s%n", seconds(start), what);
            return true;
        } catch (Exception | AssertionError e) {
            failed++;
            System.out.printf(Locale.ROOT, "FAIL  %6.1f s  %s: %s%n", seconds(start), what, e);
            if (e instanceof RuntimeException) {
                e.printStackTrace(System.out);
            }
            onFailure.run();
            return false;
        }
    }

    /** Interrupts a check that lasts too long, and says where it hangs. */
    private static final class Watchdog {
        private final Thread thread;

        Watchdog(Thread check, int seconds) {
            thread = new Thread(() -> {
                try {
                    Thread.sleep(seconds * 1000L);
                } catch (InterruptedException e) {
                    return;
                }
                System.out.println("      the check is not done in " + seconds + " s; it hangs in");
                for (StackTraceElement element : check.getStackTrace()) {
                    System.out.println("        " + element);
                }
                check.interrupt();
            }, "watchdog");
            thread.setDaemon(true);
            thread.start();
        }

        void end() throws InterruptedException {
            thread.interrupt();
            thread.join();
            // It may have interrupted us just as we were done.
            Thread.interrupted();
        }
    }

    /** Prints the closing line; true when nothing failed. */
    boolean close() {
        System.out.printf("%d passed, %d failed%s%n", passed, failed, skipped == 0 ? "" : ", " + skipped + " skipped");
        return failed == 0 && skipped == 0 && passed > 0;
    }

    static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    static void expectEqual(Object expected, Object actual, String what) {
        expect(expected.equals(actual), what + ": expected " + expected + ", is " + actual);
    }

    /** Waits until it holds. */
    static void await(String what, int seconds, BooleanSupplier holds) throws InterruptedException {
        long start = System.nanoTime();
        while (!holds.getAsBoolean()) {
            expect(seconds(start) < seconds, "not in " + seconds + " s: " + what);
            Thread.sleep(100);
        }
    }
}
