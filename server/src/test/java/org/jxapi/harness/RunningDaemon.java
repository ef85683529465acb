package org.jxapi.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real jxapid on the simulator, with a folder of its own. In a static field it serves all tests of a class, from before
 * the first one to after the last one. In a field of an instance, each test has its own. When a test fails, the end of its
 * log is printed.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final RunningDaemon daemon = RunningDaemon.onSimulator("--https", "127.0.0.1:0");
 *
 * private static final Calls calls = daemon.calls();
 * }</pre>
 *
 * <p>A test that ends a daemon, or starts one on the data of another, uses {@link DaemonProcess}.
 */
public final class RunningDaemon
        implements TestDaemon, BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private static final int LINES_OF_LOG = 100;

    private final List<String> jvm;
    private final List<String> arguments;
    private final Path folder;
    private final Map<String, String> scripts = new HashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Calls calls = Calls.later(this);
    private DaemonProcess process;
    private boolean ofOneTest;

    /** Work on the data of a stopped daemon. */
    @FunctionalInterface
    public interface OfflineWork {
        void run() throws Exception;
    }

    private RunningDaemon(List<String> jvm, List<String> arguments) {
        this.jvm = jvm;
        this.arguments = arguments;
        try {
            folder = Files.createTempDirectory("jxapid");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One with these arguments in addition to those of every test: plain HTTP on a free port, and a unix socket. */
    public static RunningDaemon onSimulator(String... arguments) {
        return new RunningDaemon(List.of(), List.of(arguments));
    }

    /** One with a world of this YAML, and with these arguments. */
    public static RunningDaemon onWorld(String yaml, String... arguments) {
        try {
            Path file = Files.createTempFile("jxapi-world", ".yaml");
            file.toFile().deleteOnExit();
            Files.writeString(file, yaml);
            List<String> all = new ArrayList<>(List.of("--simulator-world", file.toString()));
            all.addAll(List.of(arguments));
            return new RunningDaemon(List.of(), all);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * One that finds these programs of the host before the real ones.
     *
     * @param scripts shell scripts under the programs' names; {@code $folder} in them is the daemon's folder
     */
    public static RunningDaemon withPrograms(Map<String, String> scripts, String... arguments) {
        RunningDaemon daemon = onSimulator(arguments);
        daemon.scripts.putAll(scripts);
        daemon.environment.put("PATH", daemon.folder.resolve("programs") + ":" + System.getenv("PATH"));
        return daemon;
    }

    /** Makes the folder and the programs in it, which the end of a class removes: a failed test runs again. */
    private void prepare() throws IOException {
        Path programs = Files.createDirectories(folder).resolve("programs");
        if (scripts.isEmpty() || Files.exists(programs)) {
            return;
        }
        Files.createDirectory(programs);
        for (Map.Entry<String, String> script : scripts.entrySet()) {
            Path file = Files.writeString(
                    programs.resolve(script.getKey()), "#!/bin/sh\nfolder='" + folder + "'\n" + script.getValue());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** One with a heap of at most that size, such as {@code 256m}. */
    public static RunningDaemon withHeap(String most) {
        return new RunningDaemon(List.of("-Xmx" + most), List.of());
    }

    /** Calls of a session of root. */
    public Calls calls() {
        return calls;
    }

    @Override
    public List<String> endpoints() {
        return process.endpoints();
    }

    @Override
    public Path folder() {
        return folder;
    }

    @Override
    public long pid() {
        return process.pid();
    }

    /** Kills it, and starts it on the same data. Its addresses are other ones, and so is the session of its calls. */
    public void killAndStart() throws IOException, InterruptedException {
        process.kill();
        start();
        calls.forget();
    }

    /** Waits until it has restarted by itself; the session of its calls ended with the restart. */
    public void awaitRestart() throws IOException {
        process.awaitReady();
        calls.forget();
    }

    /** Stops it, runs work that needs its data for itself, and starts it again. */
    public void restartAfter(OfflineWork work) throws Exception {
        process.close();
        work.run();
        start();
        calls.forget();
    }

    private void start() throws IOException {
        prepare();
        process = DaemonProcess.start(folder, jvm, arguments, environment);
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException {
        calls.forget();
        start();
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        ofOneTest = process == null;
        if (ofOneTest) {
            start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        if (ofOneTest) {
            afterAll(context);
        } else {
            printLogOfFailure(context);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) throws IOException {
        if (process != null) {
            printLogOfFailure(context);
            process.close();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private void printLogOfFailure(ExtensionContext context) throws IOException {
        if (context.getExecutionException().isEmpty() || !Files.exists(log())) {
            return;
        }
        List<String> lines = Files.readAllLines(log());
        System.err.println("The log of jxapid at the failure of " + context.getDisplayName() + ":");
        lines.subList(Math.max(0, lines.size() - LINES_OF_LOG), lines.size()).forEach(System.err::println);
    }
}
