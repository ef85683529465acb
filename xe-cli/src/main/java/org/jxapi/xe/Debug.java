package org.jxapi.xe;

import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/** Messages about the client's work, printed at once, only if the command fails, or never. */
final class Debug {
    private final @Nullable PrintStream now;
    private final @Nullable StringBuilder kept;

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

    /** Prints the kept messages, after a command that has failed. */
    void failed() {
        if (kept != null) {
            System.err.print("\nDebug info:\n\n" + kept);
        }
    }
}
