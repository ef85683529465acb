package org.jxapi.harness;

import java.time.Duration;

/** Waits for what must come, and fails with what was the matter at last. */
public final class Eventually {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long LOOK_MILLIS = 100;

    public interface Check {
        void run() throws Exception;
    }

    private Eventually() {}

    public static void holds(Check check) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                check.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }
}
