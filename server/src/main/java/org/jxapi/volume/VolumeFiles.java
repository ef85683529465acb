package org.jxapi.volume;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
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

/** Makes, copies and measures the files of volumes. */
final class VolumeFiles {
    private static final long BLOCK = 512;
    private static final int FILES_A_CALL = 200;
    private static final long LOOK_MILLIS = 200;

    private VolumeFiles() {}

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

    /** How many bytes of the disk each file takes, holes not counted; files that are gone are left out. */
    static Map<Path, Long> taken(List<Path> files) throws IOException {
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

    static long taken(Path file) throws IOException {
        return taken(List.of(file)).getOrDefault(file, 0L);
    }
}
