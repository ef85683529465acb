package org.jxapi.directory;

import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPConnectionOptions;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import com.unboundid.ldap.sdk.extensions.StartTLSExtendedRequest;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.DirectoryException.Kind;

/**
 * Connections to the servers of a directory, one for each question or login. They always use TLS, so no password is ever
 * sent in the clear. Each step has a time limit.
 */
final class LdapConnections {
    private static final int CONNECT_MILLIS = 5_000;
    /** Less than the time for a connection, in which the library counts the handshake. */
    private static final int HANDSHAKE_MILLIS = 4_000;

    private static final int ANSWER_MILLIS = 10_000;
    private static final int LARGEST_MESSAGE = 8 << 20;
    private static final int LDAP_PORT = 389;
    private static final int LDAPS_PORT = 636;

    private final LdapSettings settings;
    private final String user;
    private final DirectoryTrust trust;

    /** @param user jxapid's own name, in a form that the server accepts for a simple bind */
    LdapConnections(LdapSettings settings, String user, DirectoryTrust trust) {
        this.settings = settings;
        this.user = user;
        this.trust = trust;
    }

    /** A connection to the first server that answers, as jxapid's own user. The caller closes it. */
    LDAPConnection open() throws DirectoryException {
        DirectoryTrust.Tls tls = tls();
        List<String> servers = settings.servers().isEmpty() ? DnsServers.of(settings.domain()) : settings.servers();
        DirectoryException last = null;
        for (String server : servers) {
            try {
                return bound(server, tls);
            } catch (DirectoryException e) {
                if (e.kind() != Kind.UNAVAILABLE) {
                    throw e;
                }
                last = e;
            }
        }
        throw last == null ? new DirectoryException(Kind.LOOKUP, "the directory has no server") : last;
    }

    private DirectoryTrust.Tls tls() throws DirectoryException {
        try {
            return trust.now()
                    .orElseThrow(
                            () -> new DirectoryException(
                                    Kind.NO_TRUST,
                                    "the pool trusts no certificate of a directory; install its authority's certificate first"));
        } catch (GeneralSecurityException e) {
            throw new DirectoryException(Kind.TLS, "the trusted certificates cannot be used: " + e.getMessage(), e);
        }
    }

    private LDAPConnection bound(String server, DirectoryTrust.Tls tls) throws DirectoryException {
        LDAPConnection connection = null;
        try {
            connection = connected(server, tls);
            connection.bind(new SimpleBindRequest(user, settings.password()));
            return connection;
        } catch (LDAPException e) {
            if (connection != null) {
                connection.close();
            }
            throw failure(server, e);
        }
    }

    private LDAPConnection connected(String server, DirectoryTrust.Tls tls) throws LDAPException, DirectoryException {
        LDAPConnectionOptions options = new LDAPConnectionOptions();
        options.setConnectTimeoutMillis(CONNECT_MILLIS);
        options.setResponseTimeoutMillis(ANSWER_MILLIS);
        options.setMaxMessageSize(LARGEST_MESSAGE);
        options.setFollowReferrals(false);
        options.setAutoReconnect(false);
        options.setUseSynchronousMode(true);
        String host = host(server);
        int port = port(server, settings.ldaps() ? LDAPS_PORT : LDAP_PORT);
        SSLSocketFactory sockets = new DirectorySockets(tls, HANDSHAKE_MILLIS);
        if (settings.ldaps()) {
            return new LDAPConnection(sockets, options, host, port);
        }
        LDAPConnection connection = new LDAPConnection(options, host, port);
        try {
            if (connection
                            .processExtendedOperation(new StartTLSExtendedRequest(sockets))
                            .getResultCode()
                    != ResultCode.SUCCESS) {
                throw new DirectoryException(Kind.TLS, server + " does not offer StartTLS; use ldaps=true");
            }
            return connection;
        } catch (LDAPException | DirectoryException e) {
            connection.close();
            throw e;
        }
    }

    private static String host(String server) {
        int colon = colon(server);
        String host = colon < 0 ? server : server.substring(0, colon);
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    private static int port(String server, int usual) throws DirectoryException {
        int colon = colon(server);
        if (colon < 0) {
            return usual;
        }
        try {
            int port = Integer.parseInt(server.substring(colon + 1));
            if (port > 0 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new DirectoryException(Kind.GENERIC, "server takes HOST or HOST:PORT, not " + server);
    }

    /** Where the port begins; -1 when there is none, as in an IPv6 address without brackets. */
    private static int colon(String server) {
        int colon = server.lastIndexOf(':');
        boolean bracket = server.startsWith("[") && colon < server.indexOf(']');
        boolean address = !server.startsWith("[") && server.indexOf(':') != colon;
        return bracket || address ? -1 : colon;
    }

    /** Why a server does not serve jxapid. */
    private static DirectoryException failure(String server, LDAPException e) {
        String message = server + ": " + reason(e);
        ResultCode code = e.getResultCode();
        if (tlsFailure(e)) {
            return new DirectoryException(Kind.TLS, message, e);
        }
        if (code == ResultCode.INVALID_CREDENTIALS
                || code == ResultCode.NO_SUCH_OBJECT
                || code == ResultCode.INVALID_DN_SYNTAX) {
            return new DirectoryException(
                    Kind.WRONG_CREDENTIALS, server + " refuses the user or the password of the settings", e);
        }
        return of(message, e);
    }

    /** The words of the first cause, because those of the library have names of classes and versions in them. */
    private static String reason(LDAPException e) {
        Throwable first = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            first = cause;
        }
        String message = Objects.requireNonNullElse(first.getMessage(), "");
        return message.isBlank()
                ? e.getResultCode().getName()
                : message.lines().findFirst().orElseThrow();
    }

    /** Why a question has no answer. */
    static DirectoryException of(String message, LDAPException e) {
        ResultCode code = e.getResultCode();
        if (code == ResultCode.INSUFFICIENT_ACCESS_RIGHTS) {
            return new DirectoryException(Kind.PERMISSION_DENIED, message, e);
        }
        boolean gone = !code.isConnectionUsable() || code == ResultCode.BUSY || code == ResultCode.UNAVAILABLE;
        return new DirectoryException(gone ? Kind.UNAVAILABLE : Kind.GENERIC, message, e);
    }

    private static boolean tlsFailure(@Nullable Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException || cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }
}
