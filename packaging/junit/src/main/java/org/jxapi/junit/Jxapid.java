package org.jxapi.junit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** A jxapid on its simulator: a process with a folder of its own and free ports. None outlives this JVM. */
final class Jxapid implements AutoCloseable {
    private static final String READY = " ready: ";
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 20;
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> STARTED.forEach(Process::destroyForcibly)));
    }

    private final Process process;
    private final Path folder;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private volatile String url = "";

    private Jxapid(Process process, Path folder) {
        this.process = process;
        this.folder = folder;
    }

    /**
     * Starts it, and waits until it accepts calls.
     *
     * @param program its name or path
     * @param options of jxapid, in addition to those for folders and ports
     */
    static Jxapid start(String program, List<String> options) throws IOException {
        Path folder = Files.createTempDirectory("xenapi");
        List<String> command = new ArrayList<>(List.of(
                program,
                "--hypervisor",
                "simulator",
                "--data-dir",
                folder.resolve("data").toString(),
                "--http",
                "127.0.0.1:0",
                "--https",
                "off",
                "--nbd",
                "off",
                "--unix-socket",
                folder.resolve("socket").toString()));
        command.addAll(options);
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(folder.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            delete(folder);
            throw new IOException(
                    program + " cannot be started; install jxapi, or set JXAPID or -Djxapid to the path of jxapid", e);
        }
        STARTED.add(process);
        process.onExit().thenAccept(STARTED::remove);
        Jxapid jxapid = new Jxapid(process, folder);
        Thread reader = new Thread(jxapid::read, "jxapid");
        reader.setDaemon(true);
        reader.start();
        jxapid.awaitReady();
        return jxapid;
    }

    /** Follows its output: each of its starts prints a line with the addresses. */
    private void read() {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                int at = line.indexOf(READY);
                if (at >= 0) {
                    url = Stream.of(line.substring(at + READY.length()).split(" "))
                            .filter(endpoint -> endpoint.startsWith("http://"))
                            .findFirst()
                            .orElse("");
                    ready.complete(line);
                }
            }
            ready.completeExceptionally(new IOException("jxapid has ended"));
        } catch (IOException e) {
            ready.completeExceptionally(e);
        }
    }

    private void awaitReady() throws IOException {
        String reason;
        try {
            ready.get(START_SECONDS, TimeUnit.SECONDS);
            return;
        } catch (ExecutionException e) {
            reason = "it ended";
        } catch (TimeoutException e) {
            reason = "not ready after " + START_SECONDS + " s";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "interrupted";
        }
        String log = log();
        close();
        throw new IOException("jxapid did not start: " + reason + "\n" + log);
    }

    /** The address of plain HTTP, without a slash at its end. */
    String url() {
        return url;
    }

    Path data() {
        return folder.resolve("data");
    }

    /** The first line of a file of its data folder. */
    String secret(String name) throws IOException {
        return Files.readAllLines(data().resolve(name)).get(0);
    }

    /** Its log so far. */
    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        delete(folder);
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
