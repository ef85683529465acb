package org.jxapi.xe;

import java.io.PrintStream;

/** Messages about the work of the client: at once, only if the command fails, or never. */
final class Debug {
    private final PrintStream now;
    private final StringBuilder kept;

    Debug(boolean now, boolean onFail) {
        this.now = now && !onFail ? System.err : null;
        this.kept = onFail ? new StringBuilder() : null;
    }

    void say(String text) {
        if (now != null) {
            now.println(text);
        } else if (kept != null) {
            kept.append(text).append('\n');
        }
    }

    /** Shows what was kept, for a command that has failed. */
    void failed() {
        if (kept != null) {
            System.err.print("\nDebug info:\n\n" + kept);
        }
    }
}
