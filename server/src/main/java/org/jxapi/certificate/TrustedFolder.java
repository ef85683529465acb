package org.jxapi.certificate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.FormerFiles;
import org.jxapi.store.PoolFiles;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;

/**
 * A folder of the store with texts in PEM form: certificates that the pool trusts, or lists of revoked ones. The names are
 * those of clients.
 */
final class TrustedFolder {
    /** XAPI's rule for names. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.pem");

    private final String folder;
    private final Kind kind;

    /** The contents of a folder, with XAPI's errors for a file's name. */
    enum Kind {
        CERTIFICATES(Errors::certificateNameInvalid, Errors::certificateAlreadyExists, Errors::certificateDoesNotExist),
        REVOCATION_LISTS(Errors::crlNameInvalid, Errors::crlAlreadyExists, Errors::crlDoesNotExist);

        private final Function<String, XenApiException> nameInvalid;
        private final Function<String, XenApiException> alreadyExists;
        private final Function<String, XenApiException> doesNotExist;

        Kind(
                Function<String, XenApiException> nameInvalid,
                Function<String, XenApiException> alreadyExists,
                Function<String, XenApiException> doesNotExist) {
            this.nameInvalid = nameInvalid;
            this.alreadyExists = alreadyExists;
            this.doesNotExist = doesNotExist;
        }
    }

    TrustedFolder(String name, Kind kind) {
        this.folder = "trusted/" + name;
        this.kind = kind;
    }

    /**
     * Moves the files that earlier versions had in the data folder into the store.
     *
     * @throws IOException when one cannot be read or removed, with one line that names it
     */
    void move(Store store, Path data) throws IOException {
        FormerFiles.moveAll(
                store,
                data,
                folder,
                (file, content) ->
                        NAME.matcher(String.valueOf(file.getFileName())).matches());
    }

    private String path(String name) {
        return folder + '/' + name;
    }

    void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw kind.nameInvalid.apply(name);
        }
    }

    /** Refuses a name that is not there. */
    void require(Snapshot now, String name) {
        if (!PoolFiles.has(now, path(name))) {
            throw kind.doesNotExist.apply(name);
        }
    }

    /** The files, by name. */
    List<String> names(Snapshot now) {
        return PoolFiles.names(now, folder);
    }

    /** The content of a file, if it is there. */
    Optional<String> text(Snapshot now, String name) {
        return PoolFiles.find(now, path(name));
    }

    /** Adds a file. */
    void add(Transaction tx, String name, String text) {
        checkName(name);
        if (PoolFiles.has(tx, path(name))) {
            throw kind.alreadyExists.apply(name);
        }
        PoolFiles.put(tx, path(name), text);
    }

    /** Removes a file, if it is there. */
    void remove(Transaction tx, String name) {
        PoolFiles.remove(tx, path(name));
    }
}
