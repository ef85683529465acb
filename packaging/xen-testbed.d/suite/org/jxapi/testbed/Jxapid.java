package org.jxapi.testbed;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The daemon under test. */
final class Jxapid {
    static final Path DATA = Path.of("/var/lib/jxapi");
    static final Path LOG = Path.of("/var/log/jxapid.log");
    static final int PORT = 8080;

    private final List<String> options;
    private Process process;

    Jxapid(List<String> options) {
        this.options = options;
    }

    /** Starts it and waits until it is ready; answers the seconds that took. */
    double start() throws Exception {
        return start("");
    }

    /**
     * Like start.
     *
     * @param javaOptions in one string
     */
    double start(String javaOptions) throws Exception {
        Path ready = Files.createTempFile("jxapid", ".ready");
        Path script = Path.of("/usr/bin/jxapid");
        ProcessBuilder builder = new ProcessBuilder(script.toString(), "--http", "127.0.0.1:" + PORT);
        if (!options.contains("--https")) {
            builder.command().addAll(List.of("--https", "127.0.0.1:8443"));
        }
        builder.command().addAll(options);
        // Under emulation the second compiler costs more than it brings.
        builder.environment().put("JXAPID_JAVA_OPTS", "-XX:TieredStopAtLevel=1 " + javaOptions);
        long start = System.nanoTime();
        process = builder.redirectOutput(ready.toFile())
                .redirectError(ProcessBuilder.Redirect.appendTo(LOG.toFile()))
                .start();
        Checks.await("jxapid is ready", 900, () -> {
            Checks.expect(process.isAlive(), "jxapid ended with " + (process.isAlive() ? 0 : process.exitValue()));
            return read(ready).contains(" ready: ");
        });
        double seconds = Checks.seconds(start);
        Files.delete(ready);
        return seconds;
    }

    String password() throws IOException {
        return Files.readAllLines(DATA.resolve("root-password")).get(0);
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Ends it as a service manager does. */
    void stop() throws InterruptedException {
        Checks.expect(running(), "jxapid does not run");
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("jxapid did not end in 60 s");
        }
    }

    boolean running() {
        return process != null && process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }
}
