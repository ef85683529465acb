package org.jxapi.member;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/** The small files in JSON that say what this host is in its pool. */
final class PlaceFile {
    private static final JsonMapper JSON = new JsonMapper();

    private PlaceFile() {}

    /**
     * Reads a file, if it exists.
     *
     * @param what names the file in an error, such as {@code file of this host's pool}
     * @throws IOException with one line that names the file, when it cannot be used
     */
    static <T> Optional<T> read(Path file, Class<T> type, String what) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), type));
        } catch (IOException e) {
            throw new IOException("cannot use the " + what + " " + file + ": " + Reason.of(e), e);
        }
    }

    /** Writes a file; on disk when this returns. */
    static void write(Path file, Object content) throws IOException {
        SafeFile.write(file, JSON.writeValueAsBytes(content));
    }
}
