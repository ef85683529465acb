package org.jxapi.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.DirectoryException.Kind;

/**
 * The settings of an LDAP directory, or of Active Directory.
 *
 * @param domain its DNS name
 * @param servers its servers as {@code HOST} or {@code HOST:PORT}; none if DNS names them
 * @param ldaps whether TLS begins with the connection; otherwise it begins with StartTLS
 * @param user jxapid's own name, which may read the directory
 * @param password its password
 * @param base the entry below which users and groups are
 * @param more settings of one kind of directory
 */
record LdapSettings(
        String domain,
        List<String> servers,
        boolean ldaps,
        String user,
        String password,
        String base,
        Map<String, String> more) {
    private static final Set<String> KEYS = Set.of("user", "pass", "server", "base", "ldaps");
    private static final int MOST_SERVERS = 5;

    /**
     * @param name the directory's name in the API, which is its domain
     * @param special keys of one kind of directory
     */
    static LdapSettings of(String name, Map<String, String> config, Set<String> special) throws DirectoryException {
        for (String key : config.keySet()) {
            if (!KEYS.contains(key) && !special.contains(key)) {
                throw wrong("there is no setting " + key + "; there are "
                        + Stream.concat(KEYS.stream(), special.stream())
                                .sorted()
                                .collect(Collectors.joining(", ")));
            }
        }
        if (name.isBlank()) {
            throw wrong("the service name must be the directory's domain");
        }
        List<String> servers = new ArrayList<>();
        for (String server : config.getOrDefault("server", "").split("[,\\s]+")) {
            if (!server.isEmpty()) {
                servers.add(server);
            }
        }
        if (servers.size() > MOST_SERVERS) {
            throw wrong("server names more than " + MOST_SERVERS + " servers");
        }
        String domain = name.strip().toLowerCase(Locale.ROOT);
        return new LdapSettings(
                domain,
                List.copyOf(servers),
                ldaps(config.getOrDefault("ldaps", "true")),
                required(config.get("user"), "user"),
                required(config.get("pass"), "pass"),
                config.getOrDefault("base", baseOf(domain)),
                Map.copyOf(config));
    }

    private static boolean ldaps(String value) throws DirectoryException {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong("ldaps is true or false, not " + value);
        };
    }

    /** An empty password is never sent: a server may accept it as an anonymous client. */
    private static String required(@Nullable String value, String key) throws DirectoryException {
        if (value == null || value.isEmpty()) {
            throw wrong("enable requires " + key);
        }
        return value;
    }

    /** {@code dc=example,dc=com}. */
    private static String baseOf(String domain) {
        return Stream.of(domain.split("\\.")).map(label -> "dc=" + label).collect(Collectors.joining(","));
    }

    private static DirectoryException wrong(String message) {
        return new DirectoryException(Kind.GENERIC, message);
    }
}
