package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import org.jxapi.store.SafeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The key and certificate for TLS, in {@code certificate.p12} of the data folder; self-signed when made here. */
public final class CertificateStore {
    /** The file is protected by its permissions; the format wants some password. */
    private static final char[] PASSWORD = "jxapi".toCharArray();

    private static final Logger LOG = LoggerFactory.getLogger(CertificateStore.class);

    private CertificateStore() {}

    /** The key store of a data folder; made at first use, for this host name. */
    public static KeyStore open(Path folder, String hostname) throws IOException {
        Path file = folder.resolve("certificate.p12");
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            if (Files.exists(file)) {
                try (InputStream in = Files.newInputStream(file)) {
                    store.load(in, PASSWORD);
                }
                warnOfDates(file, store, Instant.now());
                return store;
            }
            store.load(null, PASSWORD);
            SelfSigned.add(store, "jxapi", PASSWORD, CertificateNames.of(hostname));
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            store.store(content, PASSWORD);
            SafeFile.write(file, content.toByteArray());
            return store;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make or read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The certificate that clients are shown, in PEM form. */
    public static String pem(KeyStore store) {
        try {
            byte[] der = store.getCertificate(store.aliases().nextElement()).getEncoded();
            String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
            return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the certificate cannot be read", e);
        }
    }

    /** Says once, at the start, that clients cannot trust the certificate now. */
    static void warnOfDates(Path file, KeyStore store, Instant now) throws GeneralSecurityException {
        for (String alias : Collections.list(store.aliases())) {
            if (!(store.getCertificate(alias) instanceof X509Certificate certificate)) {
                continue;
            }
            if (certificate.getNotAfter().toInstant().isBefore(now)) {
                LOG.warn(
                        "The certificate in {} expired on {}: replace it, or remove the file and restart for a new one",
                        file,
                        certificate.getNotAfter().toInstant());
                return;
            }
            if (certificate.getNotBefore().toInstant().isAfter(now)) {
                LOG.warn(
                        "The certificate in {} is valid from {} on only: set the clock of the host, or replace the file",
                        file,
                        certificate.getNotBefore().toInstant());
                return;
            }
        }
    }

    static char[] password() {
        return PASSWORD.clone();
    }
}
