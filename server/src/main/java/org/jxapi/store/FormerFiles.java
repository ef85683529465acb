package org.jxapi.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves files of the data folder, where earlier versions kept them, into the store. A file is removed once the store has its
 * content on disk. A kill in between leaves both, and then the next start removes the file.
 */
public final class FormerFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FormerFiles.class);

    private FormerFiles() {}

    /** Whether a file can be used; the others stay where they are. */
    public interface Usable {
        /** @throws IOException when the daemon cannot start with it */
        boolean test(Path file, String content) throws IOException;
    }

    /**
     * Moves the files of a folder. The store must write at once, which it does not while the daemon is starting.
     *
     * @param data the data folder
     * @param folder of the files there, and in the store
     * @throws IOException when a file cannot be read or removed, with one line that names it
     */
    public static void moveAll(Store store, Path data, String folder, Usable usable) throws IOException {
        Path from = data.resolve(folder);
        Map<String, Path> files = new TreeMap<>();
        if (Files.isDirectory(from)) {
            try (Stream<Path> all = Files.list(from)) {
                all.forEach(file -> files.put(folder + '/' + file.getFileName(), file));
            } catch (IOException e) {
                throw unmoved(from, e);
            }
        }
        move(store, files, usable);
    }

    /** {@link #moveAll} for one file, which has the same path in the store. */
    public static void move(Store store, Path data, String path, Usable usable) throws IOException {
        move(store, Map.of(path, data.resolve(path)), usable);
    }

    private static void move(Store store, Map<String, Path> files, Usable usable) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        for (Map.Entry<String, Path> each : files.entrySet()) {
            Path file = each.getValue();
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                String content = content(file);
                if (usable.test(file, content)) {
                    contents.put(each.getKey(), content);
                }
            }
        }
        if (contents.isEmpty()) {
            return;
        }
        store.change(tx -> contents.forEach((path, content) -> {
            if (!PoolFiles.has(tx, path)) {
                PoolFiles.put(tx, path, content);
            }
        }));
        for (String path : contents.keySet()) {
            Path file = files.get(path);
            if (file != null) {
                remove(file);
                LOG.info("File {}: its content is in the database now, and it has been removed", file);
            }
        }
    }

    private static String content(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw unmoved(file, e);
        }
    }

    private static void remove(Path file) throws IOException {
        try {
            Files.delete(file);
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                SafeFile.sync(folder);
            }
        } catch (IOException e) {
            throw unmoved(file, e);
        }
    }

    private static IOException unmoved(Path file, IOException e) {
        return new IOException("cannot move " + file + " into the database: " + Reason.of(e), e);
    }
}
