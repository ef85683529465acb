package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that are real clients. In CI they must be installed, elsewhere a developer may lack one. */
public final class Program {
    private static final int PATIENCE_SECONDS = 120;

    private Program() {}

    /** The output of a program, stderr included, and its exit status. */
    public record Ran(int status, String output) {
        /** The output of a program that must succeed. */
        public String ok() {
            assertThat(status).as(output).isZero();
            return output;
        }
    }

    /** Skips the test without a program of that name. */
    public static void needs(String program) {
        assumed(isThere(program), program + " is not installed");
    }

    /** The same for a program that must be fetched, in CI too: a mirror that does not answer is no fault of a change. */
    public static void wants(String program) {
        assumeTrue(isThere(program), program + " could not be fetched");
    }

    private static boolean isThere(String program) {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream()
                .anyMatch(p -> Files.isExecutable(Path.of(p, program)));
    }

    /** Skips the test unless that holds. */
    public static void assumed(boolean condition, String message) {
        if ("true".equals(System.getenv("CI"))) {
            assertThat(condition).as(message).isTrue();
        }
        assumeTrue(condition, message);
    }

    /** Runs a program in a folder to its end; one that takes too long has the status -1. */
    public static Ran run(Path folder, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("output", "");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
                return new Ran(-1, "took too long: " + Files.readString(output));
            }
            return new Ran(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
        } finally {
            Files.delete(output);
        }
    }
}
