package org.jxapi.network;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.program.Program;
import org.jxapi.xenapi.Errors;

/**
 * A program that shows or changes network devices. Its failures are INTERNAL_ERROR with the command and its output.
 *
 * @param command its name, after the words that choose a network namespace, if any
 */
record NetworkTool(List<String> command) {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Runs it with arguments, and returns its output. */
    String run(List<String> arguments) {
        List<String> all = new ArrayList<>(command);
        all.addAll(arguments);
        try {
            return Program.of(all).within(LIMIT).run();
        } catch (IOException e) {
            throw Errors.internalError(String.join(" ", all) + ": " + e.getMessage())
                    .causedBy(e);
        }
    }
}
