package org.jxapi.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import org.jxapi.store.SafeFile;

/** The key and certificate for TLS, in {@code certificate.p12} of the data folder; self-signed when made here. */
public final class CertificateStore {
    /** The file is protected by its permissions; the format wants some password. */
    private static final char[] PASSWORD = "jxapi".toCharArray();

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
                return store;
            }
            store.load(null, PASSWORD);
            SelfSigned.add(store, "jxapi", PASSWORD, hostname);
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

    static char[] password() {
        return PASSWORD.clone();
    }
}
