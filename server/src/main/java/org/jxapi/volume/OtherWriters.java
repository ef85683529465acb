package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Other processes that may write to an image. libxl ends a domain's QEMU without waiting for it, and a QEMU that ends still
 * writes the tables of its images, so their next user must wait.
 */
final class OtherWriters {
    private static final Path PROCESSES = Path.of("/proc");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_MILLIS = 20;
    private static final int ACCESS_MODE = 3;

    private OtherWriters() {}

    /** Waits until no QEMU has the image open to write; a failure if one keeps it open. */
    static void await(Path image) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Optional<String> writer = writer(image);
        while (writer.isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        image + " is in use by process " + writer.get() + ", which is no guest of this SR");
            }
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while another process had " + image + " open", e);
            }
            writer = writer(image);
        }
    }

    /** The number and the name of a QEMU process that has the image open to write. */
    static Optional<String> writer(Path image) throws IOException {
        if (!Files.exists(image)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : all) {
                String name = name(process);
                if (name.contains("qemu") && writes(process, image)) {
                    return Optional.of(process.getFileName() + " (" + name + ")");
                }
            }
        }
        return Optional.empty();
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            // It has ended.
            return "";
        }
    }

    private static boolean writes(Path process, Path image) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (isOpen(file, image) && mode(process, file) != 0) {
                    return true;
                }
            }
        } catch (IOException e) {
            // It has ended, or is another user's.
        }
        return false;
    }

    private static boolean isOpen(Path file, Path image) {
        try {
            return Files.isSameFile(file, image);
        } catch (IOException e) {
            return false;
        }
    }

    /** The access mode of an open file: 0 for one that is only read. */
    private static int mode(Path process, Path file) throws IOException {
        Path info = process.resolve("fdinfo").resolve(file.getFileName().toString());
        for (String line : Files.readAllLines(info)) {
            if (line.startsWith("flags:")) {
                return Integer.parseInt(line.substring("flags:".length()).strip(), 8) & ACCESS_MODE;
            }
        }
        return 0;
    }
}
