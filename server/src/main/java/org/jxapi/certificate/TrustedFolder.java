package org.jxapi.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A folder of PEM files that the pool trusts, or of lists of revoked certificates. The names are those of clients. */
final class TrustedFolder {
    private static final Logger LOG = LoggerFactory.getLogger(TrustedFolder.class);

    /** XAPI's rule for names; clients choose them, so none may lead out of the folder. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*\\.pem");

    private final Path folder;
    private final Kind kind;

    /** The contents of a folder, with XAPI's errors for a file's name. */
    enum Kind {
        CERTIFICATES(
                Errors::certificateNameInvalid,
                Errors::certificateAlreadyExists,
                Errors::certificateDoesNotExist,
                Errors::certificateCorrupt),
        REVOCATION_LISTS(Errors::crlNameInvalid, Errors::crlAlreadyExists, Errors::crlDoesNotExist, Errors::crlCorrupt);

        private final Function<String, XenApiException> nameInvalid;
        private final Function<String, XenApiException> alreadyExists;
        private final Function<String, XenApiException> doesNotExist;
        private final Function<String, XenApiException> corrupt;

        Kind(
                Function<String, XenApiException> nameInvalid,
                Function<String, XenApiException> alreadyExists,
                Function<String, XenApiException> doesNotExist,
                Function<String, XenApiException> corrupt) {
            this.nameInvalid = nameInvalid;
            this.alreadyExists = alreadyExists;
            this.doesNotExist = doesNotExist;
            this.corrupt = corrupt;
        }
    }

    TrustedFolder(Path folder, Kind kind) {
        this.folder = folder;
        this.kind = kind;
    }

    void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw kind.nameInvalid.apply(name);
        }
    }

    boolean has(String name) {
        return Files.isRegularFile(folder.resolve(name), LinkOption.NOFOLLOW_LINKS);
    }

    /** Refuses a name that is not there. */
    void require(String name) {
        if (!has(name)) {
            throw kind.doesNotExist.apply(name);
        }
    }

    XenApiException corrupt(String name) {
        return kind.corrupt.apply(name);
    }

    /** The files, by name. */
    List<String> names() {
        try (Stream<Path> files = Files.exists(folder) ? Files.list(folder) : Stream.of()) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> NAME.matcher(name).matches() && has(name))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw damaged("read " + folder, e);
        }
    }

    String text(String name) {
        try {
            return Files.readString(folder.resolve(name), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw damaged("read " + folder.resolve(name), e);
        }
    }

    /** Writes a new file; it is on disk when this returns. */
    void write(String name, String text) {
        checkName(name);
        if (has(name)) {
            throw kind.alreadyExists.apply(name);
        }
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            SafeFile.write(folder.resolve(name), text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw damaged("write " + folder.resolve(name), e);
        }
    }

    void delete(String name) {
        try {
            if (Files.deleteIfExists(folder.resolve(name))) {
                SafeFile.sync(folder);
            }
        } catch (IOException e) {
            LOG.warn("Certificates: cannot remove {}: {}", folder.resolve(name), Reason.of(e));
            throw corrupt(name);
        }
    }

    private static XenApiException damaged(String what, IOException e) {
        LOG.warn("Certificates: cannot {}: {}", what, Reason.of(e));
        return Errors.certificateLibraryCorrupt();
    }
}
