package org.jxapi.certificate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/**
 * A PKCS#12 file of the data folder with a certificate and its key. It is replaced as a whole, so a killed daemon leaves
 * the old pair or the new one.
 */
final class IdentityFile {
    /** The file is protected by its permissions; the format wants some password. */
    private static final char[] PASSWORD = "jxapi".toCharArray();

    private static final String ALIAS = "jxapi";

    static {
        // The password is no secret, so Java's 10,000 rounds would protect nothing, and cost each start processor time.
        for (String rounds : List.of("keyPbe", "certPbe", "mac")) {
            Security.setProperty("keystore.pkcs12." + rounds + "IterationCount", "1");
        }
    }

    private final Path path;

    IdentityFile(Path path) {
        this.path = path;
    }

    /** The file of the certificate for clients. */
    static IdentityFile ofHost(Path folder) {
        return new IdentityFile(folder.resolve("certificate.p12"));
    }

    Path path() {
        return path;
    }

    boolean exists() {
        return Files.exists(path);
    }

    /** The identity; the message of the IOException is one line that names the file. */
    Identity read() throws IOException {
        try {
            if (Files.size(path) == 0) {
                throw new GeneralSecurityException("it is empty");
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(path)) {
                store.load(in, PASSWORD);
            }
            return identity(store);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new IOException("cannot use the certificate file " + path + ": " + reason(e), e);
        }
    }

    private static Identity identity(KeyStore store) throws GeneralSecurityException {
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias) && store.getKey(alias, PASSWORD) instanceof PrivateKey key) {
                List<X509Certificate> chain = new ArrayList<>();
                for (Certificate certificate : store.getCertificateChain(alias)) {
                    if (!(certificate instanceof X509Certificate x509)) {
                        throw new GeneralSecurityException("its certificate is not of type X.509");
                    }
                    chain.add(x509);
                }
                return new Identity(key, chain);
            }
        }
        throw new GeneralSecurityException("it holds no private key with its certificate");
    }

    private static String reason(Exception e) {
        if (e.getCause() instanceof UnrecoverableKeyException || e instanceof UnrecoverableKeyException) {
            return "its password is not \"" + new String(PASSWORD) + "\"";
        }
        return e instanceof FileSystemException || e instanceof GeneralSecurityException
                ? Reason.of(e)
                : "it is not a PKCS#12 store (" + Reason.of(e) + ")";
    }

    /** Replaces the file; it is on disk when this returns. */
    void write(Identity identity) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, PASSWORD);
            store.setKeyEntry(ALIAS, identity.key(), PASSWORD, identity.chain().toArray(new Certificate[0]));
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            store.store(content, PASSWORD);
            SafeFile.write(path, content.toByteArray());
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException("cannot write the certificate file " + path + ": " + Reason.of(e), e);
        }
    }
}
