package org.jxapi.directory;

import com.unboundid.ldap.sdk.DereferencePolicy;
import com.unboundid.ldap.sdk.Entry;
import com.unboundid.ldap.sdk.Filter;
import com.unboundid.ldap.sdk.LDAPConnection;
import com.unboundid.ldap.sdk.LDAPException;
import com.unboundid.ldap.sdk.LDAPSearchException;
import com.unboundid.ldap.sdk.ResultCode;
import com.unboundid.ldap.sdk.SearchRequest;
import com.unboundid.ldap.sdk.SearchScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.DirectoryException.Kind;

/** Searches on one connection. The number of entries that they return is limited. */
final class LdapSearch {
    private static final int SECONDS = 10;
    private static final int MOST_GROUPS = 2_000;
    private static final int AT_ONCE = 40;

    private final LDAPConnection connection;
    private final String base;
    private final String[] attributes;

    LdapSearch(LDAPConnection connection, String base, List<String> attributes) {
        this.connection = connection;
        this.base = base;
        this.attributes = attributes.toArray(new String[0]);
    }

    /** The one entry that matches; nothing for no filter. More than one is an error: it must not matter which is first. */
    Optional<Entry> one(@Nullable Filter filter) throws LDAPException, DirectoryException {
        if (filter == null) {
            return Optional.empty();
        }
        List<? extends Entry> found;
        try {
            found = all(base, SearchScope.SUB, filter, 2, attributes);
        } catch (LDAPSearchException e) {
            if (e.getResultCode() == ResultCode.SIZE_LIMIT_EXCEEDED) {
                throw ambiguous();
            }
            throw e;
        }
        if (found.size() > 1) {
            throw ambiguous();
        }
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
    }

    private static DirectoryException ambiguous() {
        return new DirectoryException(Kind.NOT_FOUND, "the directory has more than one entry of that name");
    }

    /** One entry with these attributes, some of which a server computes for a single entry only. */
    Optional<Entry> entry(String dn, String... wanted) throws LDAPException {
        try {
            return all(dn, SearchScope.BASE, Filter.createPresenceFilter("objectClass"), 1, wanted).stream()
                    .<Entry>map(entry -> entry)
                    .findFirst();
        } catch (LDAPSearchException e) {
            if (e.getResultCode() == ResultCode.NO_SUCH_OBJECT) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * The groups that have one of these members, directly or through other groups.
     *
     * @param first filters for the groups that have the members directly
     * @param next the filter for the groups of a group, by its DN
     */
    List<Entry> closure(Collection<Filter> first, Function<String, Filter> next)
            throws LDAPException, DirectoryException {
        Map<String, Entry> known = new LinkedHashMap<>();
        List<Filter> filters = List.copyOf(first);
        while (!filters.isEmpty()) {
            List<Filter> further = new ArrayList<>();
            for (int i = 0; i < filters.size(); i += AT_ONCE) {
                Filter any = Filter.createORFilter(filters.subList(i, Math.min(filters.size(), i + AT_ONCE)));
                for (Entry group : all(base, SearchScope.SUB, any, MOST_GROUPS, attributes)) {
                    if (known.putIfAbsent(group.getDN(), group) == null) {
                        further.add(next.apply(group.getDN()));
                    }
                }
            }
            if (known.size() > MOST_GROUPS) {
                throw new DirectoryException(Kind.GENERIC, "the user is in more than " + MOST_GROUPS + " groups");
            }
            filters = further;
        }
        return List.copyOf(known.values());
    }

    private List<? extends Entry> all(String dn, SearchScope scope, Filter filter, int most, String... wanted)
            throws LDAPSearchException {
        SearchRequest request =
                new SearchRequest(dn, scope, DereferencePolicy.NEVER, most, SECONDS, false, filter, wanted);
        return connection.search(request).getSearchEntries();
    }
}
