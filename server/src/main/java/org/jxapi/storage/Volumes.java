package org.jxapi.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import org.jxapi.store.SafeFile;

/**
 * The files of disks. {@code X.raw} is a disk. {@code X.jxapi-pending} is an empty marker: {@code X.raw} counts only if
 * the database has the disk. The marker exists from before a disk's file is made until its row is durable, and from
 * before the row is removed until the file is. {@code X.jxapi-part} is an incomplete copy, and {@code X.jxapi-base} the
 * contents from which a disk with {@code on_boot=reset} starts.
 */
final class Volumes {
    static final String PENDING = ".jxapi-pending";
    static final String PART = ".jxapi-part";
    static final String BASE = ".jxapi-base";
    private static final long BLOCK = 512;
    private static final int FILES_A_CALL = 200;
    private static final long LOOK_MILLIS = 200;

    private Volumes() {}

    static Path pending(Path folder, String location) {
        return folder.resolve(location + PENDING);
    }

    static Path part(Path folder, String location) {
        return folder.resolve(location + PART);
    }

    static Path base(Path folder, String location) {
        return folder.resolve(location + BASE);
    }

    /** Sets the marker of a disk. */
    static void mark(Path folder, String location) throws IOException {
        try {
            Files.createFile(pending(folder, location));
        } catch (FileAlreadyExistsException e) {
            // An earlier attempt was interrupted; the marker says the same.
        }
    }

    /** Removes the marker, if it can. A marker that stays does no harm once the row exists or the file is gone. */
    static void unmark(Path folder, String location) {
        pending(folder, location).toFile().delete();
    }

    /** Makes an empty file, readable by its owner alone, of that length that takes no space yet; on disk when this returns. */
    static void create(Path file, long bytes) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        resize(file, bytes);
    }

    static void resize(Path file, long bytes) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(bytes);
            raw.getFD().sync();
        }
        SafeFile.sync(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    }

    /** Removes all files of a disk, its marker last. */
    static void delete(Path folder, Path file, String location) throws IOException {
        Files.deleteIfExists(part(folder, location));
        Files.deleteIfExists(base(folder, location));
        Files.deleteIfExists(file);
        unmark(folder, location);
    }

    /** Makes {@code to} share the blocks of {@code from}, at once; false when the file system cannot. */
    static boolean reflink(Path from, Path to) throws IOException {
        try {
            run(List.of("cp", "--reflink=always", "--", from.toString(), to.toString()), () -> {});
            SafeFile.sync(to);
            SafeFile.sync(Objects.requireNonNull(to.toAbsolutePath().getParent()));
            return true;
        } catch (IOException e) {
            Files.deleteIfExists(to);
            return false;
        }
    }

    /**
     * Copies a file and its holes; cp knows where they are. It is on disk when this returns.
     *
     * @param progress gets the fraction that is done, from 0 to 1, from time to time; an exception from it ends the copy
     */
    static void copy(Path from, Path to, DoubleConsumer progress) throws IOException {
        double all = Math.max(1, Files.size(from));
        List<String> command = List.of("cp", "--reflink=auto", "--sparse=auto", "--", from.toString(), to.toString());
        run(command, () -> progress.accept(Math.min(1, to.toFile().length() / all)));
        try (FileChannel written = FileChannel.open(to, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        SafeFile.sync(Objects.requireNonNull(to.toAbsolutePath().getParent()));
    }

    private static String run(List<String> command, Runnable meanwhile) throws IOException {
        Path output = Files.createTempFile("jxapi", ".out");
        Process process = null;
        try {
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                meanwhile.run();
            }
            String said = Files.readString(output, StandardCharsets.UTF_8);
            if (process.exitValue() != 0) {
                throw new IOException(said.strip());
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the copy was interrupted", e);
        } finally {
            if (process != null) {
                stop(process);
            }
            Files.delete(output);
        }
    }

    private static void stop(Process process) {
        boolean interrupted = false;
        process.destroyForcibly();
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Puts one file in the place of another, in one step. */
    static void replace(Path by, Path file) throws IOException {
        SafeFile.replace(by, file);
    }

    /** How many bytes of the disk each file takes, holes not counted; files that are gone are left out. */
    static Map<Path, Long> utilisation(List<Path> files) throws IOException {
        Map<Path, Long> taken = new LinkedHashMap<>();
        for (int from = 0; from < files.size(); from += FILES_A_CALL) {
            List<Path> some = files.subList(from, Math.min(files.size(), from + FILES_A_CALL)).stream()
                    .filter(Files::exists)
                    .toList();
            List<String> command = new ArrayList<>(List.of("stat", "--format=%b", "--"));
            some.forEach(file -> command.add(file.toString()));
            String[] lines =
                    some.isEmpty() ? new String[0] : run(command, () -> {}).split("\n");
            for (int i = 0; i < some.size(); i++) {
                taken.put(some.get(i), Long.parseLong(lines[i].strip()) * BLOCK);
            }
        }
        return taken;
    }

    static long utilisation(Path file) throws IOException {
        return utilisation(List.of(file)).getOrDefault(file, 0L);
    }
}
