package org.jxapi.backup;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.StagedDatabase;

/**
 * The description of a backup of a host: its first entry, in JSON.
 *
 * @param product the program that has made it
 * @param version the version of that program
 * @param format the number of the archive's form
 * @param schema the number of the database's schema
 * @param host the UUID of the host
 * @param made when it was made, in the form of ISO 8601
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record BackupHead(
        @Nullable String product,
        @Nullable String version,
        int format,
        int schema,
        @Nullable String host,
        @Nullable String made) {
    static final String PRODUCT = "jxapi";
    /** The form of the archives that this version writes. */
    static final int FORMAT = 1;

    private static final JsonMapper JSON = new JsonMapper();
    private static final int LONGEST = 100;

    /** Texts reach errors and logs, and anybody may have written them. */
    BackupHead {
        product = plain(product);
        version = plain(version);
        host = plain(host);
        made = plain(made);
    }

    private static @Nullable String plain(@Nullable String text) {
        if (text == null) {
            return null;
        }
        String printable = text.replaceAll("[^\\x20-\\x7e]", "?");
        return printable.substring(0, Math.min(LONGEST, printable.length()));
    }

    byte[] json() {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a head.
     *
     * @param here the version of this program
     * @throws IOException with one line when this version cannot restore the backup
     */
    static BackupHead read(byte[] json, String here) throws IOException {
        BackupHead head;
        try {
            head = JSON.readValue(json, BackupHead.class);
        } catch (IOException e) {
            throw new IOException("its first entry cannot be read", e);
        }
        if (head == null || !PRODUCT.equals(head.product)) {
            throw new IOException("it is no backup of jxapi");
        }
        if (head.format > FORMAT || head.schema > StagedDatabase.SCHEMA) {
            throw new IOException("it was made by jxapi " + head.version + ", which is newer than jxapi " + here
                    + " of this host. Upgrade jxapi on this host first");
        }
        if (head.format < 1) {
            throw new IOException("its form has the number " + head.format + ", which no version of jxapi writes");
        }
        return head;
    }
}
