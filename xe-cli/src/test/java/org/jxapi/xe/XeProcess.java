package org.jxapi.xe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The client, in a process of its own whose stdin is at its end. */
final class XeProcess {
    record Outcome(String out, String err, int status) {}

    private final Path folder;
    private final Map<String, String> environment = new HashMap<>();
    private List<String> before = List.of();

    XeProcess(Path folder) {
        this.folder = folder;
    }

    XeProcess with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Runs it by another program, such as one that changes the user. */
    XeProcess by(String... command) {
        before = List.of(command);
        return this;
    }

    /** Runs it against a server over plain TCP. */
    Outcome at(FakeServer server, String... args) throws Exception {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("-s", "localhost", "--nossl", "-p", Integer.toString(server.port())));
        return run(all.toArray(String[]::new));
    }

    Outcome run(String... args) throws Exception {
        Process process = start(args);
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Outcome(out, Files.readString(folder.resolve("err")), process.exitValue());
    }

    /** Starts it; its stderr goes to the file {@code err} in the folder. */
    Process start(String... args) throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Path.of("target", "classes").toAbsolutePath().toString(),
                "org.jxapi.xe.Xe"));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().put("HOME", folder.toString());
        builder.environment().keySet().removeAll(List.of("XE_EXTRA_ARGS", "JXAPI_SOCKET", "TRACEPARENT"));
        builder.environment().putAll(environment);
        return builder.start();
    }
}
