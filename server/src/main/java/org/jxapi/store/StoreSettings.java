package org.jxapi.store;

import java.nio.file.Path;

/**
 * Where a store is.
 *
 * @param folder the data folder
 * @param backups the folder of the backups, which messages name
 * @param acceptOlder whether to open a database that lacks changes or is damaged, as far as it can be read
 */
public record StoreSettings(Path folder, Path backups, boolean acceptOlder) {
    /** Those of a data folder with its backups inside. */
    public static StoreSettings of(Path folder) {
        return new StoreSettings(folder, folder.resolve("backup"), false);
    }
}
