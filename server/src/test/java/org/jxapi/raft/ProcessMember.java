package org.jxapi.raft;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** A {@link RaftProcess}, from outside. None outlives the JVM of the tests. */
final class ProcessMember {
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> STARTED.forEach(Process::destroyForcibly)));
    }

    private static final long PATIENCE_SECONDS = 60;

    final String id;
    final int port;
    private final Path folder;
    private final UUID group;
    private final AtomicLong requests = new AtomicLong();
    private final Map<String, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
    private Process process;
    private CompletableFuture<Void> ready;

    ProcessMember(Path folder, UUID group, String id) throws IOException {
        this.folder = folder;
        this.group = group;
        this.id = id;
        this.port = TestGroup.freePort();
        Files.createDirectories(folder.resolve(id));
    }

    /** Starts it, in one of the ways that {@link RaftProcess} has. */
    synchronized void start(String how) throws IOException {
        process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        RaftProcess.class.getName(),
                        how,
                        group.toString(),
                        id,
                        Integer.toString(port),
                        folder.resolve(id).toString()))
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(id + ".log").toFile()))
                .start();
        STARTED.add(process);
        CompletableFuture<Void> started = new CompletableFuture<>();
        ready = started;
        Process mine = process;
        Thread reader = new Thread(() -> read(mine, started));
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Process mine, CompletableFuture<Void> started) {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(mine.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] words = line.split(" ", 2);
                CompletableFuture<String> answer = waiting.remove(words[0]);
                if (answer != null) {
                    answer.complete(words[1]);
                } else if (line.equals("ready")) {
                    started.complete(null);
                }
            }
        } catch (IOException e) {
            // It was killed.
        }
        STARTED.remove(mine);
        started.completeExceptionally(new IOException(id + " has ended"));
        waiting.values().forEach(answer -> answer.complete("no it was killed"));
        waiting.clear();
    }

    void awaitReady() throws Exception {
        ready.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** The answer without {@code ok}. */
    String ask(String request) throws IOException {
        String number = Long.toString(requests.incrementAndGet());
        CompletableFuture<String> answer = new CompletableFuture<>();
        waiting.put(number, answer);
        try {
            synchronized (this) {
                process.getOutputStream().write((number + " " + request + "\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            }
            String text = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (!text.startsWith("ok")) {
                throw new IOException(request + ": " + text);
            }
            return text.substring(2).strip();
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException(request + ": no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(request + ": interrupted", e);
        } finally {
            waiting.remove(number);
        }
    }

    boolean leads() {
        try {
            return ask("leads").equals("true");
        } catch (IOException e) {
            return false;
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
