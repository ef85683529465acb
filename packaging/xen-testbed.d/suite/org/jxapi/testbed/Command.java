package org.jxapi.testbed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of dom0. */
final class Command {
    /** How long a command may take on a slow host. */
    private static final int SECONDS = 300;

    private Command() {}

    /** A program that ended with another status than 0. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        Failed(String message) {
            super(message);
        }
    }

    /** Runs a program for at most five minutes; answers what it printed, without the last line's end. */
    static String run(String... words) {
        List<String> bounded = new ArrayList<>(List.of("timeout", "-k", "5", Integer.toString(SECONDS)));
        bounded.addAll(List.of(words));
        try {
            Process process = new ProcessBuilder(bounded).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (!process.waitFor(SECONDS + 10, TimeUnit.SECONDS)) {
                throw new Failed(String.join(" ", words) + " does not end: " + output);
            }
            int status = process.exitValue();
            if (status != 0) {
                String outcome = status == 124 ? "was not done in " + SECONDS + " s" : "ended with " + status;
                throw new Failed(String.join(" ", words) + " " + outcome + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Like run, with a shell; a failure counts as no output. */
    static String shell(String script) {
        return run("sh", "-c", script + " || true");
    }

    static String xe(String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "xe";
        System.arraycopy(words, 0, all, 1, words.length);
        return run(all);
    }
}
