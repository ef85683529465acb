package org.jxapi.junit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
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
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A jxapid on its simulator, with a folder of its own and free ports. None outlives this JVM. */
final class Jxapid implements AutoCloseable {
    private static final String READY = " ready: ";
    private static final long START_SECONDS = 120;
    private static final long STOP_SECONDS = 20;
    /** The name of the program that means a daemon in this process. */
    static final String IN_PROCESS = "in-process";

    private static final String EMBEDDED = "org.jxapi.daemon.EmbeddedDaemon";
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> STARTED.forEach(Process::destroyForcibly)));
    }

    private final Path folder;
    private final CompletableFuture<String> ready = new CompletableFuture<>();
    private volatile String url = "";
    /** How it ends; nothing as long as it has not begun. */
    private AutoCloseable running = () -> {};

    private Jxapid(Path folder) {
        this.folder = folder;
    }

    /**
     * Starts it, and waits until it accepts calls.
     *
     * @param program its name or path, or {@link #IN_PROCESS}
     * @param options of jxapid, in addition to those for folders and ports
     */
    static Jxapid start(String program, List<String> options) throws IOException {
        Path folder = Files.createTempDirectory("xenapi");
        List<String> all = new ArrayList<>(List.of(
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
        all.addAll(options);
        Jxapid jxapid = new Jxapid(folder);
        try {
            if (program.equals(IN_PROCESS)) {
                jxapid.embed(all);
            } else {
                all.add(0, program);
                jxapid.launch(all);
            }
        } catch (IOException e) {
            delete(folder);
            throw e;
        }
        jxapid.awaitReady();
        return jxapid;
    }

    private void launch(List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .redirectError(folder.resolve("log").toFile())
                    .start();
        } catch (IOException e) {
            throw new IOException(
                    command.get(0)
                            + " cannot be started; install jxapi, or set JXAPID or -Djxapid to the path of jxapid",
                    e);
        }
        STARTED.add(process);
        process.onExit().thenAccept(STARTED::remove);
        running = () -> end(process);
        Thread reader = new Thread(() -> read(process), "jxapid");
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the daemon of the server's jar, which is on the class path of the tests that want this. */
    private void embed(List<String> options) throws IOException {
        Consumer<List<String>> started = this::started;
        try {
            running = (AutoCloseable) Class.forName(EMBEDDED)
                    .getMethod("start", List.class, Consumer.class)
                    .invoke(null, options, started);
        } catch (ClassNotFoundException e) {
            throw new IOException("a jxapid in this process needs the jars of jxapi on the class path of the tests", e);
        } catch (InvocationTargetException e) {
            throw new IOException("jxapid did not start", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IOException("this version of jxapi cannot be started in a test", e);
        }
    }

    private void started(List<String> endpoints) {
        url = endpoints.stream()
                .filter(endpoint -> endpoint.startsWith("http://"))
                .findFirst()
                .orElse("");
        ready.complete(url);
    }

    /** Follows its output: each of its starts prints a line with the addresses. */
    private void read(Process process) {
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                int at = line.indexOf(READY);
                if (at >= 0) {
                    started(List.of(line.substring(at + READY.length()).split(" ")));
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

    /** Its log so far; empty for one in this process, which writes to the log of the tests. */
    String log() throws IOException {
        Path log = folder.resolve("log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Override
    public void close() throws IOException {
        try {
            running.close();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException("jxapid did not end", e);
        }
        delete(folder);
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
