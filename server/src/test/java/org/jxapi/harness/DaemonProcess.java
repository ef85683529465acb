package org.jxapi.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A real jxapid in a process of its own, on free ports. None outlives the JVM of the tests. */
public final class DaemonProcess implements TestDaemon, AutoCloseable {
    private static final String MAIN = "org.jxapi.daemon.Jxapid";
    private static final String CERTIFICATE = "certificate.p12";
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> STARTED.forEach(Process::destroyForcibly)));
    }

    /** The certificate that the first daemon has made, for all later ones: a new key takes seconds of processor time. */
    private static volatile byte[] certificate;

    private final Process process;
    private final BufferedReader out;
    private final Path folder;
    private List<String> endpoints;

    private DaemonProcess(Process process, BufferedReader out, Path folder) throws IOException {
        this.process = process;
        this.out = out;
        this.folder = folder;
        awaitReady();
    }

    /** Waits for its next ready line, which a restart prints too. */
    public void awaitReady() throws IOException {
        String line = out.readLine();
        if (line == null || !line.contains(" ready: ")) {
            process.destroyForcibly();
            throw new IOException("jxapid did not start: " + line + "\n" + Files.readString(folder.resolve("log")));
        }
        endpoints = List.of(line.substring(line.indexOf(" ready: ") + 8).split(" "));
    }

    /** Starts it and waits for its ready line. */
    public static DaemonProcess start(Path folder, String... more) throws IOException {
        return start(folder, List.of(), MAIN, List.of(more));
    }

    /** Starts another program that takes the same arguments and becomes a daemon. */
    public static DaemonProcess start(Path folder, Class<?> main, String... more) throws IOException {
        return start(folder, List.of(), main.getName(), List.of(more));
    }

    /**
     * The same.
     *
     * @param jvm options of its JVM
     */
    static DaemonProcess start(Path folder, List<String> jvm, List<String> more) throws IOException {
        return start(folder, jvm, MAIN, more);
    }

    /** Starts it with these variables in its environment. */
    public static DaemonProcess start(Path folder, List<String> jvm, List<String> more, Map<String, String> environment)
            throws IOException {
        return start(folder, jvm, MAIN, more, environment);
    }

    /** Starts it behind other words of a command, such as those that give it another network. */
    public static DaemonProcess startBehind(List<String> words, Path folder, String... more) throws IOException {
        return start(words, folder, List.of(), MAIN, List.of(more), Map.of());
    }

    private static DaemonProcess start(Path folder, List<String> jvm, String main, List<String> more)
            throws IOException {
        return start(folder, jvm, main, more, Map.of());
    }

    private static DaemonProcess start(
            Path folder, List<String> jvm, String main, List<String> more, Map<String, String> environment)
            throws IOException {
        return start(List.of(), folder, jvm, main, more, environment);
    }

    private static DaemonProcess start(
            List<String> words,
            Path folder,
            List<String> jvm,
            String main,
            List<String> more,
            Map<String, String> environment)
            throws IOException {
        List<String> args = new ArrayList<>(List.of(
                "--data-dir", folder.resolve("data").toString(),
                "--http", "127.0.0.1:0",
                "--https", "off",
                "--unix-socket", folder.resolve("sock").toString(),
                "--hypervisor", "simulator",
                "--simulator-delays", "off"));
        args.addAll(more);
        Path data = folder.resolve("data");
        boolean first = !Files.exists(data);
        if (first && certificate != null) {
            giveCertificate(data);
        }
        Process process = launch(words, folder, jvm, main, args, environment);
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        DaemonProcess started = new DaemonProcess(process, out, folder);
        Path made = data.resolve(CERTIFICATE);
        if (first && certificate == null && Files.exists(made)) {
            certificate = Files.readAllBytes(made);
        }
        return started;
    }

    private static void giveCertificate(Path data) throws IOException {
        Files.createDirectory(data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path file = Files.createFile(
                data.resolve(CERTIFICATE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, certificate);
    }

    /** Starts the program with these arguments; its stderr goes to {@code log} in the folder. */
    public static Process launch(Path folder, List<String> args) throws IOException {
        return launch(folder, args, Map.of());
    }

    /** The same with more variables in its environment. */
    public static Process launch(Path folder, List<String> args, Map<String, String> environment) throws IOException {
        return launch(List.of(), folder, List.of(), MAIN, args, environment);
    }

    private static Process launch(
            List<String> words,
            Path folder,
            List<String> jvm,
            String main,
            List<String> args,
            Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(words);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                // Halves the processor time of a start; a daemon of a test does not live long enough for C2 to pay.
                "-XX:TieredStopAtLevel=1"));
        command.addAll(DaemonClasses.options());
        command.addAll(jvm);
        command.add(main);
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().putAll(environment);
        Process process = builder.start();
        STARTED.add(process);
        process.onExit().thenAccept(STARTED::remove);
        return process;
    }

    @Override
    public List<String> endpoints() {
        return endpoints;
    }

    @Override
    public Path folder() {
        return folder;
    }

    /** Writes a line to its standard input. */
    public void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    @Override
    public long pid() {
        return process.pid();
    }

    /** Waits for its end; the exit status. */
    public int awaitEnd() throws InterruptedException {
        return process.waitFor();
    }

    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
