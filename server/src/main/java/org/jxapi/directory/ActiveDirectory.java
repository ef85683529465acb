package org.jxapi.directory;

import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.DirectoryException.Kind;

/**
 * Users and groups of Active Directory. Users log in as {@code DOMAIN\\user}, {@code user@domain} or {@code user}. As in
 * XAPI, the identifier is the SID.
 */
final class ActiveDirectory implements LdapSchema {
    static final Set<String> KEYS = Set.of("workgroup");

    private static final long DISABLED = 0x2;
    private static final long LOCKED = 0x10;
    private static final long PASSWORD_EXPIRED = 0x80_0000;
    /** Of the clock of Windows, which counts 100 ns from 1601 on. */
    private static final long EPOCH_SECONDS = 11_644_473_600L;

    private static final long TICKS = 10_000_000;

    private final LdapSettings settings;
    private final String workgroup;

    ActiveDirectory(LdapSettings settings) {
        this.settings = settings;
        String label = settings.domain().split("\\.")[0];
        this.workgroup = settings.more().getOrDefault("workgroup", label).toUpperCase(Locale.ROOT);
    }

    @Override
    public String bindName() {
        String user = settings.user();
        boolean complete = user.contains("@") || user.contains("\\") || user.contains("=");
        return complete ? user : user + "@" + settings.domain();
    }

    @Override
    public List<String> attributes() {
        return List.of("*", "msDS-User-Account-Control-Computed");
    }

    @Override
    public @Nullable Filter user(String name) {
        Filter named = named(name);
        return named == null
                ? null
                : Filter.createANDFilter(
                        Filter.createEqualityFilter("objectClass", "user"),
                        Filter.createNOTFilter(Filter.createEqualityFilter("objectClass", "computer")),
                        named);
    }

    @Override
    public @Nullable Filter group(String name) {
        Filter named = named(name);
        return named == null
                ? null
                : Filter.createANDFilter(Filter.createEqualityFilter("objectClass", "group"), named);
    }

    /** Entries of a name; null for a name of another domain. */
    private @Nullable Filter named(String name) {
        int slash = name.indexOf('\\');
        if (slash >= 0) {
            String domain = name.substring(0, slash);
            boolean ours = domain.equalsIgnoreCase(workgroup) || domain.equalsIgnoreCase(settings.domain());
            return ours ? account(name.substring(slash + 1)) : null;
        }
        int at = name.lastIndexOf('@');
        if (at < 0) {
            return account(name);
        }
        Filter principal = Filter.createEqualityFilter("userPrincipalName", name);
        return name.substring(at + 1).equalsIgnoreCase(settings.domain())
                ? Filter.createORFilter(principal, account(name.substring(0, at)))
                : principal;
    }

    private static Filter account(String name) {
        return Filter.createEqualityFilter("sAMAccountName", name);
    }

    @Override
    public @Nullable Filter identified(String identifier) {
        return Sids.bytes(identifier)
                .map(sid -> Filter.createEqualityFilter("objectSid", sid))
                .orElse(null);
    }

    @Override
    public String identifier(Entry entry) throws DirectoryException {
        return Optional.ofNullable(entry.getAttributeValueBytes("objectSid"))
                .flatMap(Sids::text)
                .orElseThrow(() -> new DirectoryException(Kind.GENERIC, entry.getDN() + " has no objectSid"));
    }

    @Override
    public Account account(Entry entry) throws DirectoryException {
        String name = workgroup + "\\" + entry.getAttributeValue("sAMAccountName");
        String sid = identifier(entry);
        Map<String, String> more = new LinkedHashMap<>();
        more.put("subject-sid", sid);
        if (entry.hasObjectClass("group")) {
            return new Account(name, sid, true, Account.State.USABLE, more);
        }
        String shown = entry.getAttributeValue("displayName");
        more.put("subject-displayname", shown == null ? name : workgroup + "\\" + shown);
        String principal = entry.getAttributeValue("userPrincipalName");
        more.put(
                "subject-upn",
                principal == null ? entry.getAttributeValue("sAMAccountName") + "@" + settings.domain() : principal);
        return new Account(name, sid, false, state(entry), more);
    }

    private static Account.State state(Entry entry) {
        long control = number(entry, "userAccountControl");
        long computed = number(entry, "msDS-User-Account-Control-Computed");
        long expires = number(entry, "accountExpires");
        boolean never = expires == 0 || expires == Long.MAX_VALUE;
        boolean expired = !never && Instant.now().getEpochSecond() >= expires / TICKS - EPOCH_SECONDS;
        return new Account.State(
                (control & DISABLED) != 0, expired, (computed & LOCKED) != 0, (computed & PASSWORD_EXPIRED) != 0);
    }

    private static long number(Entry entry, String attribute) {
        Long value = entry.getAttributeValueAsLong(attribute);
        return value == null ? 0 : value;
    }

    /** The server computes {@code tokenGroups}: all security groups, nested ones and the primary one included. */
    @Override
    public List<String> groups(LdapSearch search, Entry entry) throws LDAPException, DirectoryException {
        byte[][] sids = search.entry(entry.getDN(), "tokenGroups")
                .map(found -> found.getAttributeValueByteArrays("tokenGroups"))
                .orElse(null);
        List<String> groups = new ArrayList<>();
        if (sids != null) {
            for (byte[] sid : sids) {
                Sids.text(sid).ifPresent(groups::add);
            }
            return groups;
        }
        for (Entry group : search.closure(List.of(having(entry.getDN())), ActiveDirectory::having)) {
            groups.add(identifier(group));
        }
        return groups;
    }

    private static Filter having(String dn) {
        return Filter.createEqualityFilter("member", dn);
    }
}
