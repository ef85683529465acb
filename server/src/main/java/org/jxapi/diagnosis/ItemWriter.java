package org.jxapi.diagnosis;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import java.util.function.Supplier;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;

/** Writes items into an archive. They are made one by one, so this needs room for the largest one only. */
final class ItemWriter {
    /** The beginning of the names of files that are being made. */
    static final String PREFIX = "jxapi-status-";
    /** Items that come later than this are left out. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final Store store;
    private final Path folder;
    private final Supplier<List<String>> passwords;

    /**
     * @param folder for one item at a time
     * @param passwords those that are not in the database
     */
    ItemWriter(Store store, Path folder, Supplier<List<String>> passwords) {
        this.store = store;
        this.folder = folder;
        this.passwords = passwords;
    }

    /**
     * Writes items without the secrets in them, and a list of them.
     *
     * @param root the folder in the archive
     * @param items with the keys of their parts of the report
     * @param inventory the beginning of the list
     * @param progress gets the part that is done, from 0 to 1
     */
    void write(
            Call call,
            Archive archive,
            String root,
            Map<Item, String> items,
            StringBuilder inventory,
            DoubleConsumer progress)
            throws IOException {
        long begin = System.nanoTime();
        int done = 0;
        for (Map.Entry<Item, String> each : items.entrySet()) {
            call.throwIfCancelled();
            String path = root + each.getKey().name();
            if (System.nanoTime() - begin > LIMIT.toNanos()) {
                inventory.append(each.getValue() + " " + path + " is left out: the report takes too long\n");
                continue;
            }
            String failure = add(archive, each.getKey(), path);
            inventory.append(each.getValue() + " " + path + (failure.isEmpty() ? "" : ": " + failure) + "\n");
            progress.accept((double) ++done / (items.size() + 1));
        }
        add(archive, Item.text("inventory.txt", inventory::toString), root + "inventory.txt");
    }

    private String add(Archive archive, Item item, String path) throws IOException {
        Redaction secrets = Redaction.of(store.snapshot(), passwords.get());
        try (ItemFile file = ItemFile.collect(item, secrets, folder, PREFIX)) {
            archive.add(path, file.path());
            return file.failure();
        }
    }
}
