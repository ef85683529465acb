package org.jxapi.blob;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Blob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The contents of blobs: a file each in a folder, under the blob's UUID. New contents replace the old ones in one step. */
public final class BlobFiles {
    /** The largest contents, in bytes. XAPI has no limit, but its disk is not a distribution's. */
    public static final long LARGEST = 256L << 20;

    private static final Logger LOG = LoggerFactory.getLogger(BlobFiles.class);
    /** The space that contents leave on the disk, in bytes. */
    private static final long ROOM = 64L << 20;

    private static final int PIECE = 64 * 1024;
    private static final String PART = ".part";

    private final Path folder;

    /** @param folder made when it is needed */
    public BlobFiles(Path folder) {
        this.folder = folder;
    }

    private Path file(String uuid) {
        // A restored database may have any text there.
        return folder.resolve(UUID.fromString(uuid).toString());
    }

    /** The file with the contents; empty when nothing has been uploaded. */
    public Optional<Path> find(String uuid) {
        return Optional.of(file(uuid)).filter(Files::isRegularFile);
    }

    /**
     * Replaces the contents; on disk when it returns. A body that ends early leaves the old ones.
     *
     * @param length of the new contents, in bytes, at most {@link #LARGEST}
     */
    public void write(String uuid, InputStream in, long length) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        if (folder.toFile().getUsableSpace() < length + ROOM) {
            throw new IOException("No space left on device");
        }
        Path part = Files.createTempFile(folder, "", PART);
        try {
            try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
                copy(in, out, length);
                out.force(true);
            }
            SafeFile.replace(part, file(uuid));
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void copy(InputStream in, FileChannel out, long length) throws IOException {
        OutputStream to = Channels.newOutputStream(out);
        byte[] piece = new byte[PIECE];
        for (long left = length; left > 0; ) {
            int count = in.read(piece, 0, (int) Math.min(PIECE, left));
            if (count < 0) {
                throw new EOFException("the body ended " + left + " bytes early");
            }
            to.write(piece, 0, count);
            left -= count;
        }
    }

    /** Removes the contents of blobs that are gone; called from time to time. */
    public void removeForgotten(Store store) {
        removeExcept(store, false);
    }

    /** The same at a start, when no upload is under way: also the parts that the last run has left. */
    public void removeInterrupted(Store store) {
        removeExcept(store, true);
    }

    private void removeExcept(Store store, boolean parts) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> listed = Files.list(folder)) {
            List<Path> found = listed.toList();
            // After the list: a file that came before has its row in it.
            Set<String> known = store.snapshot().all(Blob.XEN_CLASS).stream()
                    .map(blob -> blob.row().get(Blob.UUID))
                    .collect(Collectors.toSet());
            for (Path file : found) {
                String name = file.getFileName().toString();
                if (name.endsWith(PART) ? parts : !known.contains(name)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("Blobs: contents in {} cannot be removed: {}", folder, Reason.of(e));
        }
    }
}
