package org.jxapi.smapi;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jxapi.store.SafeFile;

/**
 * The marks of volumes that count only with a row: empty files in the daemon's own data, named as the volumes. A driver
 * need not keep them.
 */
record Marks(Path folder) {
    /** Marks a location; on disk when this returns. */
    void begin(String location) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            Path above = Objects.requireNonNull(folder.toAbsolutePath().getParent());
            SafeFile.sync(above);
            SafeFile.sync(Objects.requireNonNull(above.getParent()));
        }
        try {
            Files.createFile(folder.resolve(location), SafeFile.PRIVATE);
        } catch (FileAlreadyExistsException e) {
            // An earlier attempt was interrupted; the mark says the same.
        }
        SafeFile.sync(folder);
    }

    boolean has(String location) {
        return Files.exists(folder.resolve(location));
    }

    /** Removes a mark, if there is one. */
    void end(String location) {
        folder.resolve(location).toFile().delete();
    }

    /** All marked locations. */
    List<String> all() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Forgets all of them. */
    void clear() throws IOException {
        for (String location : all()) {
            end(location);
        }
        Files.deleteIfExists(folder);
    }
}
