package org.jxapi.store;

import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/** The texts that the pool keeps for itself ({@link PoolFile}), by their paths. */
public final class PoolFiles {
    private PoolFiles() {}

    /** The content of the file at that path. */
    public static Optional<String> find(Snapshot now, String path) {
        return ref(now, path).map(ref -> now.get(ref, PoolFile.CONTENT));
    }

    public static boolean has(Snapshot now, String path) {
        return ref(now, path).isPresent();
    }

    /** The names of the files of a folder, in order. */
    public static List<String> names(Snapshot now, String folder) {
        String start = folder + '/';
        return now.all(PoolFile.STORE_CLASS).stream()
                .map(file -> file.row().get(PoolFile.PATH))
                .filter(path -> path.startsWith(start))
                .map(path -> path.substring(start.length()))
                .sorted()
                .toList();
    }

    /** Makes a file, or replaces its content. */
    public static void put(Transaction tx, String path, String content) {
        ref(tx, path)
                .ifPresentOrElse(
                        ref -> tx.set(ref, PoolFile.CONTENT, content),
                        () -> tx.create(Row.of(PoolFile.STORE_CLASS)
                                .with(PoolFile.PATH, path)
                                .with(PoolFile.CONTENT, content)));
    }

    /** Removes a file. Returns whether it was there. */
    public static boolean remove(Transaction tx, String path) {
        Optional<Ref<PoolFile>> ref = ref(tx, path);
        ref.ifPresent(tx::destroy);
        return ref.isPresent();
    }

    private static Optional<Ref<PoolFile>> ref(Snapshot now, String path) {
        return now.byNameLabel(PoolFile.STORE_CLASS, path).stream().findFirst();
    }
}
