package org.jxapi.directory;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.SimpleBindRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.DirectoryException.Kind;

/** A directory behind LDAP. jxapid's own user finds entries, and a simple bind checks a user's password. */
final class LdapDirectory implements Directory {
    private static final int LONGEST_NAME = 256;

    private final LdapConnections connections;
    private final LdapSettings settings;
    private final LdapSchema schema;

    LdapDirectory(LdapSettings settings, LdapSchema schema, DirectoryTrust trust) {
        this.settings = settings;
        this.schema = schema;
        this.connections = new LdapConnections(settings, schema.bindName(), trust);
    }

    /** Work on a connection. */
    private interface Work<T> {
        T run(LDAPConnection connection, LdapSearch search) throws LDAPException, DirectoryException;
    }

    private <T> T connected(Work<T> work) throws DirectoryException {
        LDAPConnection connection = connections.open();
        try {
            return work.run(connection, new LdapSearch(connection, settings.base(), schema.attributes()));
        } catch (LDAPException e) {
            throw LdapConnections.of(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason"), e);
        } finally {
            connection.close();
        }
    }

    @Override
    public void check() throws DirectoryException {
        boolean there = connected((connection, search) ->
                search.entry(settings.base(), "objectClass").isPresent());
        if (!there) {
            throw new DirectoryException(
                    Kind.GENERIC, "the directory has no entry " + settings.base() + ", or its user may not read it");
        }
    }

    @Override
    public String authenticate(String user, String password) throws DirectoryException {
        // A bind without a password succeeds as an anonymous one.
        if (password.isEmpty() || !nameable(user)) {
            throw refused(null);
        }
        return connected((connection, search) -> {
            Entry entry = search.one(schema.user(user)).orElseThrow(() -> refused(null));
            if (entry.getDN().isEmpty()) {
                throw refused(null);
            }
            bind(connection, entry.getDN(), password);
            return schema.identifier(entry);
        });
    }

    /** The last thing that happens on the connection, which then is the user's. */
    private static void bind(LDAPConnection connection, String dn, String password)
            throws LDAPException, DirectoryException {
        try {
            connection.bind(new SimpleBindRequest(dn, password));
        } catch (LDAPException e) {
            if (e.getResultCode().isConnectionUsable()) {
                throw refused(e);
            }
            throw e;
        }
    }

    private static DirectoryException refused(@Nullable LDAPException e) {
        return new DirectoryException(Kind.REFUSED, "the directory does not accept the name and the password", e);
    }

    @Override
    public String identifier(String name) throws DirectoryException {
        if (!nameable(name)) {
            throw unknown(name);
        }
        return connected((connection, search) -> {
            Optional<Entry> user = search.one(schema.user(name));
            Optional<Entry> found = user.isPresent() ? user : search.one(schema.group(name));
            return schema.identifier(found.orElseThrow(() -> unknown(name)));
        });
    }

    @Override
    public Account account(String identifier) throws DirectoryException {
        return connected((connection, search) -> schema.account(entry(search, identifier)));
    }

    @Override
    public List<String> groups(String identifier) throws DirectoryException {
        return connected((connection, search) -> schema.groups(search, entry(search, identifier)));
    }

    private Entry entry(LdapSearch search, String identifier) throws LDAPException, DirectoryException {
        if (!nameable(identifier)) {
            throw unknown(identifier);
        }
        return search.one(schema.identified(identifier)).orElseThrow(() -> unknown(identifier));
    }

    private static boolean nameable(String name) {
        return !name.isBlank() && name.length() <= LONGEST_NAME && name.indexOf('\0') < 0;
    }

    private static DirectoryException unknown(String name) {
        String shown = name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
        return new DirectoryException(Kind.NOT_FOUND, "the directory has no user or group " + shown);
    }
}
