package org.jxapi.directory;

import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Which servers of a directory jxapid trusts. */
public interface DirectoryTrust {
    /**
     * TLS to a directory.
     *
     * @param context TLS with the certificates that are trusted
     * @param checksNames whether the server's certificate must also be for the name by which jxapid calls it
     */
    record Tls(SSLContext context, boolean checksNames) {}

    /** TLS with the certificates that are trusted now; nothing when there are none. */
    Optional<Tls> now() throws GeneralSecurityException;
}
