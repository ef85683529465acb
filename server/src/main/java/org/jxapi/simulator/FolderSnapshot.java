package org.jxapi.simulator;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.jxapi.store.FolderTree;

/** The files of some folders at one moment. Holes take no space and no time, and files that have not changed cost nothing. */
final class FolderSnapshot {
    private static final int PIECE = 1 << 20;

    /** Properties of a file that differ once it has changed. */
    private record Mark(@Nullable Object key, long size, FileTime modified) {
        static Mark of(BasicFileAttributes attributes) {
            return new Mark(attributes.fileKey(), attributes.size(), attributes.lastModifiedTime());
        }
    }

    private final List<Path> roots;
    private final Path copies;
    /** The copy of each file, by its path. */
    private final Map<Path, Path> files = new TreeMap<>();

    private final Map<Path, Mark> marks = new HashMap<>();

    private FolderSnapshot(List<Path> roots, Path copies) {
        this.roots = roots;
        this.copies = copies;
    }

    /**
     * Copies the files.
     *
     * @param roots folders, which need not be there, or files
     * @param copies an empty folder of the snapshot's own, which is made
     */
    static FolderSnapshot take(List<Path> roots, Path copies) throws IOException {
        FolderSnapshot taken = new FolderSnapshot(roots, copies);
        Files.createDirectories(copies);
        for (Map.Entry<Path, Mark> file : found(roots).entrySet()) {
            Path copy = copies.resolve(Integer.toString(taken.files.size()));
            copy(file.getKey(), copy);
            taken.files.put(file.getKey(), copy);
            taken.marks.put(file.getKey(), file.getValue());
        }
        return taken;
    }

    /** Makes all files what they were. */
    void restore() throws IOException {
        Map<Path, Mark> now = found(roots);
        for (Path file : now.keySet()) {
            if (!files.containsKey(file)) {
                Files.deleteIfExists(file);
            }
        }
        for (Map.Entry<Path, Path> file : files.entrySet()) {
            Mark mark = now.get(file.getKey());
            if (mark == null || !mark.equals(marks.get(file.getKey()))) {
                Path fresh = file.getKey().resolveSibling(file.getKey().getFileName() + ".reset");
                Path folder = file.getKey().getParent();
                if (folder != null) {
                    Files.createDirectories(folder);
                }
                copy(file.getValue(), fresh);
                Files.move(fresh, file.getKey(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                marks.put(file.getKey(), Mark.of(Files.readAttributes(file.getKey(), BasicFileAttributes.class)));
            }
        }
    }

    /** Removes the copies. */
    void delete() throws IOException {
        FolderTree.delete(copies);
    }

    /** The bytes that the files have, holes not counted. */
    static long dataIn(List<Path> roots) throws IOException {
        long bytes = 0;
        for (Path file : found(roots).keySet()) {
            try (RawImage image = RawImage.open(file, false)) {
                for (long at = 0; at < image.bytes(); ) {
                    Image.Extent extent = image.extent(at, image.bytes() - at);
                    bytes += extent.hole() ? 0 : extent.length();
                    at += extent.length();
                }
            }
        }
        return bytes;
    }

    private static Map<Path, Mark> found(List<Path> roots) throws IOException {
        Map<Path, Mark> found = new TreeMap<>();
        for (Path root : roots) {
            if (!Files.exists(root)) {
                continue;
            }
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (attributes.isRegularFile()) {
                        found.put(file, Mark.of(attributes));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        }
        return found;
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.deleteIfExists(to);
        try (RawImage in = RawImage.open(from, false)) {
            Files.createFile(to);
            try (RawImage out = RawImage.open(to, 0, true)) {
                out.resize(in.bytes());
                ByteBuffer buffer = ByteBuffer.allocate(PIECE);
                for (long at = 0; at < in.bytes(); ) {
                    Image.Extent extent = in.extent(at, in.bytes() - at);
                    if (extent.hole()) {
                        at += extent.length();
                        continue;
                    }
                    int length = (int) Math.min(PIECE, extent.length());
                    buffer.clear().limit(length);
                    in.read(at, buffer);
                    out.write(at, buffer.flip());
                    at += length;
                }
            }
        }
        Files.setPosixFilePermissions(to, Files.getPosixFilePermissions(from));
    }
}
