package org.jxapi.volume;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Calls of {@code qemu-img}, against which images are compared where it is installed. */
final class Qemu {
    /** The exit status of a check of a consistent image with clusters that nothing uses. */
    private static final int LEAKED = 3;

    private static final boolean THERE = there();

    private Qemu() {}

    private static boolean there() {
        boolean there = Files.isExecutable(Path.of("/usr/bin/qemu-img"));
        if (!there) {
            System.out.println("Skipped: comparisons with qemu-img, which is not installed (package qemu-utils).");
        }
        return there;
    }

    static boolean isThere() {
        return THERE;
    }

    /** Runs a command of qemu-img, which must succeed. */
    static void run(String... arguments) throws IOException {
        run(Set.of(0), arguments);
    }

    /** All qcow2 images of a folder are consistent, and hold no cluster that nothing uses. */
    static void checkAll(Path folder) throws IOException {
        checkAll(folder, Set.of(0));
    }

    /** The same after a power cut, which may leave clusters that nothing uses. */
    static void checkAllAfterCut(Path folder) throws IOException {
        checkAll(folder, Set.of(0, LEAKED));
    }

    /** The same of one image. */
    static void checkAfterCut(Path image) throws IOException {
        if (THERE) {
            run(Set.of(0, LEAKED), "check", "-q", "-f", "qcow2", image.toString());
        }
    }

    private static void checkAll(Path folder, Set<Integer> accepted) throws IOException {
        if (THERE) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.qcow2")) {
                for (Path file : files) {
                    if (Files.isRegularFile(file)) {
                        run(accepted, "check", "-q", "-f", "qcow2", file.toString());
                    }
                }
            }
        }
    }

    private static void run(Set<Integer> accepted, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        assertThat(process.exitValue()).as("%s: %s", command, said).isIn(accepted);
    }
}
