package org.jxapi.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** QEMU's own tools, against which jxapid's images are tested. */
public final class QemuImg {
    private QemuImg() {}

    /** Skips the test where the tools are not installed. */
    public static void needed() {
        boolean there =
                Files.isExecutable(Path.of("/usr/bin/qemu-img")) && Files.isExecutable(Path.of("/usr/bin/qemu-io"));
        if (!there) {
            System.out.println("Skipped: qemu-img and qemu-io are not installed (package qemu-utils).");
        }
        Assumptions.assumeTrue(there, "qemu-img and qemu-io are installed");
    }

    /** Runs a tool in a folder; it must succeed. */
    public static String run(Path folder, String... command) {
        try {
            Path output = Files.createTempFile(folder, "tool", ".out");
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(120, TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            assertThat(ended).as("%s ends", List.of(command)).isTrue();
            assertThat(process.exitValue()).as("%s: %s", List.of(command), text).isZero();
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The image is consistent, and no cluster is counted that nothing uses. */
    public static void check(Path image) {
        run(image.getParent(), "qemu-img", "check", "-f", "qcow2", image.toString());
    }

    /** What QEMU reads from the image and its chain. */
    public static byte[] contents(Path image) {
        try {
            Path raw = Files.createTempFile(image.getParent(), "contents", ".raw");
            run(image.getParent(), "qemu-img", "convert", "-f", "qcow2", "-O", "raw", image.toString(), raw.toString());
            byte[] bytes = Files.readAllBytes(raw);
            Files.delete(raw);
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs commands of qemu-io on an image. */
    static void io(Path image, String... commands) {
        List<String> words = new ArrayList<>(List.of("qemu-io", "-f", "qcow2"));
        for (String command : commands) {
            words.add("-c");
            words.add(command);
        }
        words.add(image.toString());
        String text = run(image.getParent(), words.toArray(String[]::new));
        assertThat(text).doesNotContain("failed").doesNotContain("rror");
    }
}
