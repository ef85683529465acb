package org.jxapi.xe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Completes lines of the shell with the script of bash's completion, and so from the same table. */
final class ShellCompletion {
    private static final long LIMIT_SECONDS = 10;

    private final List<String> own;

    /** @param own the arguments that lead to the server */
    ShellCompletion(List<String> own) {
        this.own = own;
    }

    /** The words that may be the last one of a line; a tab and a label may follow each. */
    List<String> words(String line) {
        Path script = script();
        if (script == null) {
            return List.of();
        }
        try {
            ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), "xe " + line)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
            // Not in the arguments, which everybody on the host can see: a password may be among them.
            String extra = builder.environment().getOrDefault("XE_EXTRA_ARGS", "");
            builder.environment().put("XE_EXTRA_ARGS", extra.isEmpty() ? joined() : extra + "," + joined());
            Process bash = builder.start();
            String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!bash.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                bash.destroyForcibly();
            }
            List<String> words = new ArrayList<>();
            said.lines().filter(word -> !word.isEmpty()).forEach(words::add);
            return words;
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** The script that completes for bash, or null. */
    private static @Nullable Path script() {
        String given = System.getProperty("xe.completion", "/usr/share/bash-completion/completions/xe");
        Path script = Path.of(given);
        return Files.isReadable(script) ? script : null;
    }

    /** The arguments with commas between, as XE_EXTRA_ARGS has them. */
    private String joined() {
        List<String> parts = new ArrayList<>();
        own.forEach(arg -> parts.add(arg.replace("\\", "\\\\").replace(",", "\\,")));
        return String.join(",", parts);
    }
}
