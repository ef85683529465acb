package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import org.jxapi.store.Reason;
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
        if (Files.exists(file)) {
            try {
                return read(file);
            } catch (IOException | GeneralSecurityException | RuntimeException e) {
                throw new IOException("cannot use the certificate file " + file + ": " + reason(e), e);
            }
        }
        try {
            return make(file, hostname);
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("cannot make the certificate file " + file + ": " + Reason.of(e), e);
        }
    }

    private static KeyStore read(Path file) throws IOException, GeneralSecurityException {
        if (Files.size(file) == 0) {
            throw new GeneralSecurityException("it is empty");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        if (!(store.getCertificate(alias(store)) instanceof X509Certificate certificate)) {
            throw new GeneralSecurityException("its certificate is not of type X.509");
        }
        warnOfDates(file, certificate, Instant.now());
        return store;
    }

    /** The entry with the key. */
    private static String alias(KeyStore store) throws GeneralSecurityException {
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias) && store.getKey(alias, PASSWORD) instanceof PrivateKey) {
                return alias;
            }
        }
        throw new GeneralSecurityException("it holds no private key with its certificate");
    }

    private static KeyStore make(Path file, String hostname) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD);
        SelfSigned.add(store, "jxapi", PASSWORD, CertificateNames.of(hostname));
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        store.store(content, PASSWORD);
        SafeFile.write(file, content.toByteArray());
        return store;
    }

    private static String reason(Exception e) {
        if (e.getCause() instanceof UnrecoverableKeyException || e instanceof UnrecoverableKeyException) {
            return "its password is not \"" + new String(PASSWORD) + "\"";
        }
        return e instanceof FileSystemException || e instanceof GeneralSecurityException
                ? Reason.of(e)
                : "it is not a PKCS#12 store (" + Reason.of(e) + ")";
    }

    /** The certificate that clients are shown, in PEM form. */
    public static String pem(KeyStore store) {
        try {
            byte[] der = store.getCertificate(alias(store)).getEncoded();
            String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
            return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the certificate cannot be read", e);
        }
    }

    /** Says once, at the start, that clients cannot trust the certificate now. */
    static void warnOfDates(Path file, X509Certificate certificate, Instant now) {
        if (certificate.getNotAfter().toInstant().isBefore(now)) {
            LOG.warn(
                    "Certificate {}: expired on {}; replace it, or remove the file and restart for a new one",
                    file,
                    certificate.getNotAfter().toInstant());
        } else if (certificate.getNotBefore().toInstant().isAfter(now)) {
            LOG.warn(
                    "Certificate {}: not valid before {}; set the clock of the host, or replace the file",
                    file,
                    certificate.getNotBefore().toInstant());
        }
    }

    static char[] password() {
        return PASSWORD.clone();
    }
}
