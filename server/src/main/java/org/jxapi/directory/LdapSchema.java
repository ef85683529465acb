package org.jxapi.directory;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a kind of directory stores users and groups. Filters are built from parts, so that no name can change them. */
interface LdapSchema {
    /** jxapid's own name, in a form that the server accepts for a simple bind. */
    String bindName();

    /** Attributes that entries must come with; operational ones come only when they are named. */
    List<String> attributes();

    /** The user of a name at login; null for a name that no user can have. */
    @Nullable
    Filter user(String name);

    /** The group of a name; null for a name that no group can have. */
    @Nullable
    Filter group(String name);

    /** The user or group of an identifier; null for an identifier that none can have. */
    @Nullable
    Filter identified(String identifier);

    /** The identifier of a user or group. */
    String identifier(Entry entry) throws DirectoryException;

    Account account(Entry entry) throws DirectoryException;

    /** The identifiers of all groups of a user or group, directly or through others. */
    List<String> groups(LdapSearch search, Entry entry) throws LDAPException, DirectoryException;
}
