package org.jxapi.cli.command;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * A command of the table.
 *
 * @param required names of the required parameters
 * @param optional names of the optional parameters; one that ends in a colon means {@code name:key=value}
 * @param help a sentence about the command, or a few
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

    /** Runs the command; throws every failure. */
    public void run(Context context) throws IOException {
        body.run(context);
    }

    boolean has(Flag flag) {
        return flags.contains(flag);
    }
}
