package org.jxapi.directory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.List;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.directory.InitialDirContext;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.DirectoryException.Kind;

/** The servers of a directory that DNS names: SRV records of {@code _ldap._tcp.DOMAIN}, RFC 2782. */
final class DnsServers {
    private static final String MILLIS = "2000";
    private static final int MOST = 5;

    private record Server(int priority, int weight, String host) {}

    private DnsServers() {}

    /** Names of hosts, the preferred first. Their ports in DNS are those of LDAP without TLS, so they do not matter. */
    @SuppressWarnings({
        "BanJNDI", // asks DNS alone, which returns text, about a name that an administrator has set
        "JdkObsolete" // JNDI takes a Hashtable
    })
    static List<String> of(String domain) throws DirectoryException {
        Hashtable<String, String> environment = new Hashtable<>();
        environment.put("java.naming.factory.initial", "com.sun.jndi.dns.DnsContextFactory");
        environment.put("com.sun.jndi.dns.timeout.initial", MILLIS);
        environment.put("com.sun.jndi.dns.timeout.retries", "2");
        List<Server> found = new ArrayList<>();
        String name = "_ldap._tcp." + domain;
        try {
            InitialDirContext dns = new InitialDirContext(environment);
            try {
                Attribute records =
                        dns.getAttributes(name, new String[] {"SRV"}).get("SRV");
                if (records != null) {
                    NamingEnumeration<?> all = records.getAll();
                    while (all.hasMore()) {
                        found.add(server(String.valueOf(all.next())));
                    }
                }
            } finally {
                dns.close();
            }
        } catch (NamingException | RuntimeException e) {
            throw unknown(name, e);
        }
        if (found.isEmpty()) {
            throw unknown(name, null);
        }
        return found.stream()
                .sorted(Comparator.comparingInt(Server::priority)
                        .thenComparing(Comparator.comparingInt(Server::weight).reversed()))
                .map(Server::host)
                .limit(MOST)
                .toList();
    }

    /** @param text priority, weight, port and host */
    private static Server server(String text) {
        String[] parts = text.split(" ");
        String host = parts[3];
        return new Server(
                Integer.parseInt(parts[0]),
                Integer.parseInt(parts[1]),
                host.endsWith(".") ? host.substring(0, host.length() - 1) : host);
    }

    private static DirectoryException unknown(String name, @Nullable Exception e) {
        return new DirectoryException(
                Kind.LOOKUP, "DNS has no SRV record " + name + "; set server to the directory's servers", e);
    }
}
