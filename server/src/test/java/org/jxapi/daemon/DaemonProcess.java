package org.jxapi.daemon;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A real jxapid in a process of its own, on free ports. */
final class DaemonProcess implements AutoCloseable {
    private final Process process;
    private final List<String> endpoints;
    private final Path data;

    private DaemonProcess(Process process, List<String> endpoints, Path data) {
        this.process = process;
        this.endpoints = endpoints;
        this.data = data;
    }

    /** Starts it and waits for its ready line. */
    static DaemonProcess start(Path folder, String... more) throws IOException {
        return start(folder, "org.jxapi.daemon.Jxapid", more);
    }

    /** Starts another program that takes the same arguments and becomes a daemon. */
    static DaemonProcess start(Path folder, Class<?> main, String... more) throws IOException {
        return start(folder, main.getName(), more);
    }

    /** Starts it with a heap of at most so much, such as {@code 256m}. */
    static DaemonProcess startSmall(Path folder, String heap, String... more) throws IOException {
        return start(folder, "-Xmx" + heap, "org.jxapi.daemon.Jxapid", more);
    }

    private static DaemonProcess start(Path folder, String main, String[] more) throws IOException {
        return start(folder, "-XX:+UseSerialGC", main, more);
    }

    private static DaemonProcess start(Path folder, String jvm, String main, String[] more) throws IOException {
        Path data = folder.resolve("data");
        List<String> args = new ArrayList<>(List.of(
                "--data-dir", data.toString(),
                "--http", "127.0.0.1:0",
                "--https", "off",
                "--unix-socket", folder.resolve("sock").toString(),
                "--hypervisor", "simulator",
                "--simulator-delays", "off"));
        args.addAll(List.of(more));
        Process process = launch(folder, jvm, main, args, Map.of());
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null || !line.contains(" ready: ")) {
            process.destroyForcibly();
            throw new IOException("jxapid did not start: " + line + "\n" + Files.readString(folder.resolve("log")));
        }
        return new DaemonProcess(
                process, List.of(line.substring(line.indexOf(" ready: ") + 8).split(" ")), data);
    }

    /** Starts the program with these arguments; its stderr goes to {@code log} in the folder. */
    static Process launch(Path folder, List<String> args) throws IOException {
        return launch(folder, args, Map.of());
    }

    /** The same with more variables in its environment. */
    static Process launch(Path folder, List<String> args, Map<String, String> environment) throws IOException {
        return launch(folder, "-XX:+UseSerialGC", "org.jxapi.daemon.Jxapid", args, environment);
    }

    private static Process launch(
            Path folder, String jvm, String main, List<String> args, Map<String, String> environment)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                jvm,
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(args);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    URL http() throws IOException {
        return URI.create(endpoints.get(0) + "/").toURL();
    }

    URI https() {
        return URI.create(endpoints.stream()
                .filter(endpoint -> endpoint.startsWith("https://"))
                .findFirst()
                .orElseThrow());
    }

    /** Its data folder. */
    Path data() {
        return data;
    }

    String password() throws IOException {
        return Files.readString(data.resolve("root-password")).strip();
    }

    /** The first endpoint that begins so. */
    String endpoint(String start) {
        return endpoints.stream().filter(e -> e.startsWith(start)).findFirst().orElseThrow();
    }

    /** Writes a line to its standard input. */
    void tell(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    long pid() {
        return process.pid();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, java.util.concurrent.TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
