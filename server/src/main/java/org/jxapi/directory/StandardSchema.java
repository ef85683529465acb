package org.jxapi.directory;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Users and groups as most LDAP servers have them (RFC 2307, RFC 4519): users have a {@code uid}, and groups name their
 * members by DN or by uid. The identifier is the server's own one of the entry, so it stays when an entry is renamed.
 */
final class StandardSchema implements LdapSchema {
    static final Set<String> KEYS = Set.of("user_attribute");

    private static final List<String> IDENTIFIERS = List.of("entryUUID", "nsUniqueId");
    private static final List<String> GROUP_CLASSES =
            List.of("groupOfNames", "groupOfUniqueNames", "posixGroup", "groupOfMembers");
    private static final long SECONDS_OF_A_DAY = 86_400;

    private final LdapSettings settings;
    private final String userAttribute;

    StandardSchema(LdapSettings settings) {
        this.settings = settings;
        this.userAttribute = settings.more().getOrDefault("user_attribute", "uid");
    }

    @Override
    public String bindName() {
        return settings.user();
    }

    @Override
    public List<String> attributes() {
        return List.of("*", "entryUUID", "nsUniqueId", "pwdAccountLockedTime", "nsAccountLock");
    }

    @Override
    public Filter user(String name) {
        return Filter.createANDFilter(
                Filter.createEqualityFilter(userAttribute, name), Filter.createNOTFilter(isGroup()));
    }

    @Override
    public Filter group(String name) {
        return Filter.createANDFilter(isGroup(), Filter.createEqualityFilter("cn", name));
    }

    private static Filter isGroup() {
        return any(GROUP_CLASSES, name -> Filter.createEqualityFilter("objectClass", name));
    }

    private static Filter any(List<String> names, Function<String, Filter> filter) {
        return Filter.createORFilter(names.stream().map(filter).toList());
    }

    @Override
    public @Nullable Filter identified(String identifier) {
        return any(IDENTIFIERS, attribute -> Filter.createEqualityFilter(attribute, identifier));
    }

    @Override
    public String identifier(Entry entry) throws DirectoryException {
        for (String attribute : IDENTIFIERS) {
            String value = entry.getAttributeValue(attribute);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        throw new DirectoryException(
                DirectoryException.Kind.GENERIC,
                "the server shows neither entryUUID nor nsUniqueId of " + entry.getDN() + " to jxapi's user");
    }

    @Override
    public Account account(Entry entry) throws DirectoryException {
        boolean group = group(entry);
        String name = first(entry, group ? "cn" : userAttribute, entry.getDN());
        Map<String, String> more = new LinkedHashMap<>();
        more.put("subject-dn", entry.getDN());
        if (!group) {
            more.put("subject-displayname", first(entry, "displayName", first(entry, "cn", name)));
        }
        return new Account(name, identifier(entry), group, group ? Account.State.USABLE : state(entry), more);
    }

    private static boolean group(Entry entry) {
        return GROUP_CLASSES.stream().anyMatch(entry::hasObjectClass);
    }

    /** What OpenLDAP's password policy, 389 Directory Server and RFC 2307 have about an account. */
    private static Account.State state(Entry entry) {
        boolean locked = entry.hasAttribute("pwdAccountLockedTime");
        boolean disabled = "true".equalsIgnoreCase(entry.getAttributeValue("nsAccountLock"));
        Long day = entry.getAttributeValueAsLong("shadowExpire");
        boolean expired = day != null && day >= 0 && Instant.now().getEpochSecond() >= day * SECONDS_OF_A_DAY;
        return new Account.State(disabled, expired, locked, false);
    }

    @Override
    public List<String> groups(LdapSearch search, Entry entry) throws LDAPException, DirectoryException {
        List<Filter> first = new ArrayList<>();
        first.add(having(entry.getDN()));
        String uid = entry.getAttributeValue("uid");
        if (uid != null) {
            first.add(Filter.createEqualityFilter("memberUid", uid));
        }
        String gid = entry.getAttributeValue("gidNumber");
        if (gid != null && !group(entry)) {
            first.add(Filter.createANDFilter(
                    Filter.createEqualityFilter("objectClass", "posixGroup"),
                    Filter.createEqualityFilter("gidNumber", gid)));
        }
        List<String> identifiers = new ArrayList<>();
        for (Entry group : search.closure(first, StandardSchema::having)) {
            identifiers.add(identifier(group));
        }
        return identifiers;
    }

    /** The groups that name an entry as a member. */
    private static Filter having(String dn) {
        return Filter.createORFilter(Stream.of("member", "uniqueMember")
                .map(attribute -> Filter.createEqualityFilter(attribute, dn))
                .toList());
    }

    private static String first(Entry entry, String attribute, String otherwise) {
        String value = entry.getAttributeValue(attribute);
        return value == null || value.isEmpty() ? otherwise : value;
    }
}
