package org.jxapi.harness;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Mounts and loop devices of the machine that runs the tests; they need root, and a kernel that allows them. */
public final class HostMounts {
    private HostMounts() {}

    /** For {@code @EnabledIf}: whether this machine can mount file systems and has loop devices. */
    public static boolean possible() {
        try {
            Path folder = Files.createTempDirectory("mount");
            Path image = Files.createTempFile("mount", ".img");
            try {
                return run("mount", "--bind", folder.toString(), folder.toString())
                                .isPresent()
                        && run("umount", folder.toString()).isPresent()
                        && run("losetup", "--find", "--show", image.toString())
                                .map(device ->
                                        run("losetup", "--detach", device).isPresent())
                                .orElse(false);
            } finally {
                Files.delete(image);
                Files.delete(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A loop device over a new sparse file. */
    public static String loop(Path image, long bytes) throws IOException {
        Files.createFile(image);
        try (var file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        return must("losetup", "--find", "--show", image.toString());
    }

    public static void detach(String loop) {
        must("losetup", "--detach", loop);
    }

    /** Unmounts everything below a folder, so that it can be deleted. */
    public static void unmountBelow(Path folder) throws IOException {
        List<String> places = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            String place = line.split(" ")[4];
            if (place.startsWith(folder + "/")) {
                places.add(place);
            }
        }
        Collections.reverse(places);
        places.forEach(place -> must("umount", "-l", place));
    }

    /** Whether something is mounted there. */
    public static boolean mounted(Path place) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .anyMatch(line -> line.split(" ")[4].equals(place.toString()));
    }

    /** The standard output of a program that must succeed. */
    public static String must(String... command) {
        return run(command).orElseThrow(() -> new AssertionError(String.join(" ", command) + " failed"));
    }

    private static Optional<String> run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            return ended && process.exitValue() == 0 ? Optional.of(output) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
