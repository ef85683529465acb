package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A run of the real xe, which moves files.
 *
 * @param status its exit status
 * @param said its output and errors
 */
public record XeProcess(int status, String said) {
    /** Runs a command over the socket of a daemon's folder. */
    public static XeProcess run(Path folder, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "org.jxapi.xe.Xe"));
        command.addAll(List.of(args));
        Path said = folder.resolve("said");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().put("JXAPI_SOCKET", folder.resolve("sock").toString());
        builder.environment().put("HOME", folder.toString());
        builder.environment().remove("XE_EXTRA_ARGS");
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new XeProcess(process.exitValue(), Files.readString(said));
    }

    /** Runs a command that must succeed; its output. */
    public static String ok(Path folder, String... args) throws IOException, InterruptedException {
        XeProcess run = run(folder, args);
        assertThat(run.status()).as(run.said()).isZero();
        return run.said();
    }
}
