package org.jxapi.certificate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;

/**
 * A certificate and its key in PEM files that another program keeps, such as an ACME client.
 *
 * @param certificate file of the certificate, followed by those between it and its authority
 * @param key file of the private key, without a password
 */
public record PemFiles(Path certificate, Path key) {
    /** Larger files are none of a certificate or a key, in bytes. */
    private static final long MOST = 1024 * 1024;

    /** The state of a file, which changes when it is replaced; null fields for a file that cannot be seen. */
    private record Mark(@Nullable Object key, @Nullable FileTime modified, long size) {}

    /** Equal to an earlier one while nobody has changed the files. */
    Object state() {
        return List.of(mark(certificate), mark(key));
    }

    private static Mark mark(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Mark(attributes.fileKey(), attributes.lastModifiedTime(), attributes.size());
        } catch (IOException e) {
            return new Mark(null, null, -1);
        }
    }

    /** The identity in the files; the message of the IOException is one line that names the file. */
    Identity read() throws IOException {
        Identity identity = parse();
        try {
            if (!identity.matches()) {
                throw new IOException(
                        "the private key in " + key + " does not belong to the certificate in " + certificate);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot use the private key " + key + ": " + Reason.of(e), e);
        }
        return identity;
    }

    /** The same of a certificate that is valid now. */
    public Identity readValid(Instant now) throws IOException {
        Identity identity = read();
        Optional<Validity.Fault> fault = Validity.fault(identity.certificate(), now);
        if (fault.isPresent()) {
            throw new IOException("cannot use the certificate " + certificate + ": "
                    + fault.get().reason());
        }
        return identity;
    }

    private Identity parse() throws IOException {
        Path reading = certificate;
        try {
            var chain = Pem.certificates(text(certificate));
            if (chain.isEmpty()) {
                throw new GeneralSecurityException("it has no certificate in PEM form");
            }
            reading = key;
            return new Identity(PrivateKeys.java(PrivateKeys.only(text(key))), chain);
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("cannot use the file " + reading + ": " + Reason.of(e), e);
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.size(file) > MOST) {
            throw new IOException("it is larger than " + MOST + " bytes");
        }
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }
}
