package org.jxapi.member;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/**
 * The place of a folder in a group that shares a database: its file {@code group.json}.
 *
 * @param group the UUID of the group
 * @param id that of the folder in the group; a folder that begins again has another one
 * @param port on which the member listens; 0 for a coordinator, to which none connects
 */
record GroupPlace(String group, String id, int port) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String LOG = "raft";

    private static Path file(Path folder) {
        return folder.resolve("group.json");
    }

    /** The place that a folder has; IOException with one line when its file cannot be read. */
    static Optional<GroupPlace> of(Path folder) throws IOException {
        Path file = file(folder);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), GroupPlace.class));
        } catch (IOException e) {
            throw new IOException("cannot use the file of the shared database " + file + ": " + Reason.of(e), e);
        }
    }

    /** Gives a folder this place; on disk when this returns. */
    void write(Path folder) throws IOException {
        SafeFile.write(file(folder), JSON.writeValueAsBytes(this));
    }

    /** Leaves the folder without a place, and without the log. Its database stays. */
    static void end(Path folder) throws IOException {
        if (Files.deleteIfExists(file(folder))) {
            SafeFile.sync(folder);
        }
        delete(folder.resolve(LOG));
    }

    /** Removes a folder with all that is in it, if it is there. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path emptied, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(emptied);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
