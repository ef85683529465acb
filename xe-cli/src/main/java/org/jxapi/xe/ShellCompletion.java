package org.jxapi.xe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Completes lines of the shell with the script of bash's completion, and so from the same table. */
final class ShellCompletion {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<String> own;
    private final @Nullable Path script;
    private final Duration limit;

    /** @param own the arguments that lead to the server */
    ShellCompletion(List<String> own) {
        this(own, script(), LIMIT);
    }

    /** @param limit how long the script may take; after that it has found nothing */
    ShellCompletion(List<String> own, @Nullable Path script, Duration limit) {
        this.own = own;
        this.script = script;
        this.limit = limit;
    }

    /** The words that may be the last one of a line; a tab and a label may follow each. */
    List<String> words(String line) {
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
            String said = said(bash);
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

    /**
     * All that a process prints; nothing when it exceeds the limit, which ends it. The reader is a thread of its own: a read
     * ends only when all processes that the script started have ended.
     */
    private String said(Process process) throws InterruptedException {
        CompletableFuture<String> said = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            try {
                said.complete(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                said.complete("");
            }
        });
        reader.setDaemon(true);
        reader.start();
        try {
            return said.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return "";
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
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
