package org.jxapi.volume;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import org.jxapi.program.Program;
import org.jxapi.store.SafeFile;

/** Makes, copies and measures the files of volumes. */
final class VolumeFiles {
    private VolumeFiles() {}

    /** Makes a file, readable by its owner alone, of that length that takes no space yet; on disk when this returns. */
    static void create(Path file, long bytes) throws IOException {
        Files.createFile(file, SafeFile.PRIVATE);
        setLength(file, bytes);
        syncFolder(file);
    }

    /**
     * Makes an empty file as a mark, if it is not there yet; on disk when this returns. On a full file system it makes another
     * name of a file instead, which takes no room: a disk can always be deleted.
     */
    static void mark(Path mark, Path file) throws IOException {
        try {
            Files.createFile(mark, SafeFile.PRIVATE);
        } catch (FileAlreadyExistsException e) {
            // An earlier attempt was interrupted; the mark says the same.
        } catch (FileSystemException e) {
            if (!SmFailure.isFull(e) || !Files.exists(file)) {
                throw e;
            }
            Files.createLink(mark, file);
        }
        syncFolder(mark);
    }

    /** Makes a file longer, by a hole. It is on disk when this returns. */
    static void extend(Path file, long bytes) throws IOException {
        long now = Files.size(file);
        if (bytes < now) {
            throw new FileSystemException(
                    file.toString(), null, "it has " + now + " bytes already, and cannot shrink to " + bytes);
        }
        setLength(file, bytes);
    }

    /** Gives a file, which is there, another length; on disk when this returns. */
    static void setLength(Path file, long bytes) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(bytes);
            raw.getFD().sync();
        }
    }

    /**
     * Makes a new file that shares the blocks of another, at once; on disk when this returns.
     *
     * @return false, and there is no such file, when the file system cannot
     */
    static boolean reflink(Path from, Path to) throws IOException {
        Files.createFile(to, SafeFile.PRIVATE);
        boolean shared = false;
        try {
            if (FileBlocks.share(from, to)) {
                SafeFile.sync(to);
                syncFolder(to);
                shared = true;
            }
        } finally {
            if (!shared) {
                Files.deleteIfExists(to);
            }
        }
        return shared;
    }

    /**
     * Makes a file a copy of another, with its holes. It shares the blocks where the file system can. It is on disk when this
     * returns; a copy that fails may leave a part.
     *
     * @param progress gets the fraction that is done, from 0 to 1, from time to time; an exception from it ends the copy
     */
    static void copy(Path from, Path to, DoubleConsumer progress) throws IOException {
        if (!Files.exists(to)) {
            Files.createFile(to, SafeFile.PRIVATE);
        }
        if (!FileBlocks.share(from, to)) {
            double all = Math.max(1, Files.size(from));
            Program.of("cp", "--sparse=auto", "--", from.toString(), to.toString())
                    .within(Program.NO_LIMIT)
                    .run(() -> progress.accept(Math.min(1, to.toFile().length() / all)));
        }
        SafeFile.sync(to);
        syncFolder(to);
    }

    /** The plain files of a folder whose names have that beginning and that end. */
    static List<Path> named(Path folder, String prefix, String suffix) throws IOException {
        DirectoryStream.Filter<Path> ours = file -> Layers.name(file).startsWith(prefix)
                && Layers.name(file).endsWith(suffix)
                && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, ours)) {
            files.forEach(found::add);
        }
        return found;
    }

    /** Waits until it is on disk which files are in the folder of that one. */
    static void syncFolder(Path file) throws IOException {
        SafeFile.sync(Objects.requireNonNull(file.toAbsolutePath().getParent()));
    }

    /** How many bytes of the disk each file takes, holes not counted; files that are gone are left out. */
    static Map<Path, Long> taken(List<Path> files) throws IOException {
        Map<Path, Long> taken = new LinkedHashMap<>();
        for (Path file : files) {
            FileBlocks.taken(file).ifPresent(bytes -> taken.put(file, bytes));
        }
        return taken;
    }

    /** How many bytes of the disk a file takes, holes not counted; 0 when it is gone. */
    static long taken(Path file) throws IOException {
        return FileBlocks.taken(file).orElse(0);
    }
}
