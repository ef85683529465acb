package org.jxapi.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file {@code jxapi.reserve}: room on the database's disk that is kept for the day when the disk is full. Even the removal
 * of an object adds to the database. The file is given up then, so that an administrator can log in and remove things, and
 * made again when there is room.
 */
final class Reserve {
    static final int SIZE = 8 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Reserve.class);
    private static final int PIECE = 1 << 16;

    private final Path file;

    Reserve(Path folder) {
        this.file = folder.resolve("jxapi.reserve");
    }

    boolean there() {
        return Files.exists(file);
    }

    /** Makes the file if the disk has room for more than that; returns whether it is there. */
    boolean make() {
        if (there()) {
            return true;
        }
        if (file.toFile().getParentFile().getUsableSpace() < 2L * SIZE) {
            return false;
        }
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, SafeFile.PRIVATE);
            // A file system that compresses or knows holes would keep no room for zeros.
            byte[] noise = new byte[PIECE];
            SplittableRandom random = new SplittableRandom();
            try (FileChannel out = FileChannel.open(fresh, java.nio.file.StandardOpenOption.WRITE)) {
                for (int written = 0; written < SIZE; written += PIECE) {
                    random.nextBytes(noise);
                    ByteBuffer bytes = ByteBuffer.wrap(noise);
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                }
            }
            SafeFile.replace(fresh, file);
            return true;
        } catch (IOException e) {
            LOG.debug("No room can be kept for the database", e);
            try {
                Files.deleteIfExists(fresh);
            } catch (IOException left) {
                LOG.debug("{} stays", fresh, left);
            }
            return false;
        }
    }

    /** Gives the room up; returns whether there was any. */
    boolean release() {
        try {
            return Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("File {}: cannot be removed: {}", file, Reason.of(e));
            return false;
        }
    }
}
