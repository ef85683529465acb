package org.jxapi.volume;

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
 * The marks of volumes that count only with a row: empty files in the daemon's own data, named as the volumes. They are
 * for repositories that cannot keep marks themselves, or that several hosts use.
 *
 * @param folder of one repository
 */
public record Marks(Path folder) {
    /** Marks a location; on disk when this returns. */
    public void begin(String location) throws IOException {
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

    /** Whether a location has a mark. */
    public boolean has(String location) {
        return Files.exists(folder.resolve(location));
    }

    /** Removes a mark, if there is one. */
    public void end(String location) {
        folder.resolve(location).toFile().delete();
    }

    /** Waits until it is on disk which marks there are. */
    public void sync() throws IOException {
        if (Files.isDirectory(folder)) {
            SafeFile.sync(folder);
        }
    }

    /** All marked locations. */
    public List<String> all() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Forgets all of them. */
    public void clear() throws IOException {
        for (String location : all()) {
            end(location);
        }
        Files.deleteIfExists(folder);
    }
}
