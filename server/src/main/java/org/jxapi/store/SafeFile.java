package org.jxapi.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import java.util.Set;

/** A small file, which only its owner can read unless it is written for all. A power failure leaves it old or new, never half. */
public final class SafeFile {
    /** The permissions of what only the daemon's user may read. */
    public static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private SafeFile() {}

    /** Writes the file, or another in its place; on disk when this returns. */
    public static void write(Path file, byte[] content) throws IOException {
        replace(prepared(file, content), file);
    }

    /** The same for a file that every user of the machine may read, such as settings of the system. */
    public static void writeForAll(Path file, byte[] content) throws IOException {
        Path fresh = prepared(file, content);
        Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-r--r--"));
        replace(fresh, file);
    }

    /** Writes another file in the place of one that keeps its permissions, also where a link leads to it. */
    public static void rewrite(Path file, byte[] content) throws IOException {
        Path real = file.toRealPath();
        Path fresh = prepared(real, content);
        Files.setPosixFilePermissions(fresh, Files.getPosixFilePermissions(real));
        replace(fresh, real);
    }

    /** A new file next to that one, with its content on disk. */
    private static Path prepared(Path file, byte[] content) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, PRIVATE);
        try (FileChannel out = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        giveToOwnerOfFolder(fresh);
        return fresh;
    }

    /** Gives a file to the owner of its folder, who may be another user than root that makes it. */
    static void giveToOwnerOfFolder(Path file) throws IOException {
        UserPrincipal owner = Files.getOwner(folderOf(file));
        if (!owner.equals(Files.getOwner(file))) {
            Files.setOwner(file, owner);
        }
    }

    /** Puts a file in the place of another of the same folder, if there is one; on disk when this returns. */
    public static void replace(Path by, Path file) throws IOException {
        Files.move(by, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folderOf(file));
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
    }

    /** Waits until a file's content is on disk, or which files a folder has. */
    public static void sync(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
