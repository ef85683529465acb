package org.jxapi.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * A command of the table.
 *
 * @param required parameters without which it does not start
 * @param optional what else it takes; a name that ends in a colon stands for {@code name:key=value}
 * @param help what it does, in one line
 */
public record Command(
        String name, List<String> required, List<String> optional, String help, Set<Flag> flags, Body body) {
    public enum Flag {
        /** In the short list of {@code xe help}. */
        STANDARD,
        /** In no list. */
        HIDDEN,
        DEPRECATED,
        /** Works on the VMs that its parameters choose. */
        VM_SELECTORS,
        HOST_SELECTORS,
        SR_SELECTORS
    }

    /** The code of a command. */
    interface Body {
        void run(Context context) throws IOException;
    }

    /** Runs it; whatever goes wrong is thrown. */
    public void run(Context context) throws IOException {
        body.run(context);
    }

    boolean has(Flag flag) {
        return flags.contains(flag);
    }
}
