package org.jxapi.directory;

import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.jxapi.directory.DirectoryException.Kind;
import org.jxapi.pam.Pam;

/**
 * The kinds of directories: {@code PAM} and {@code AD} as in XAPI, {@code LDAP}, which is jxapi's own, and those that a
 * simulated host has.
 */
public final class Directories {
    private static final String PAM = "PAM";
    private static final String AD = "AD";
    private static final String LDAP = "LDAP";
    private static final Set<String> TYPES = Set.of(PAM, AD, LDAP);

    private final DirectoryTrust trust;
    private final Supplier<@Nullable Pam> pam;
    private final String service;
    private final Map<String, Directory> more;

    /**
     * @param service the setting that names PAM's service
     * @param pam the service, or null while the host does not have it
     * @param trust certificates of directories' servers that are trusted
     */
    public Directories(String service, Supplier<@Nullable Pam> pam, DirectoryTrust trust) {
        this(service, pam, trust, Map.of());
    }

    /** @param more directories of other types, by the type, which have no settings */
    public Directories(String service, Supplier<@Nullable Pam> pam, DirectoryTrust trust, Map<String, Directory> more) {
        this.more = more;
        this.trust = trust;
        this.service = service;
        this.pam = pam;
    }

    /** Whether there is a kind of that name. */
    public boolean known(String type) {
        return TYPES.contains(type) || more.containsKey(type);
    }

    /** Whether a kind of directory is in the network. */
    public boolean usesTls(String type) {
        return !type.equals(PAM) && !more.containsKey(type);
    }

    /**
     * A directory of a kind that is known. Servers are not asked yet.
     *
     * @param name the directory's name, such as its domain
     * @param config settings, with passwords in the clear
     * @throws DirectoryException when a setting is missing or wrong
     */
    public Directory open(String type, String name, Map<String, String> config) throws DirectoryException {
        Directory simulated = more.get(type);
        if (simulated != null) {
            return simulated;
        }
        return switch (type) {
            case PAM -> localUsers(config);
            case AD -> {
                LdapSettings settings = LdapSettings.of(name, config, ActiveDirectory.KEYS);
                yield new LdapDirectory(settings, new ActiveDirectory(settings), trust);
            }
            case LDAP -> {
                LdapSettings settings = LdapSettings.of(name, config, StandardSchema.KEYS);
                yield new LdapDirectory(settings, new StandardSchema(settings), trust);
            }
            default -> throw new DirectoryException(Kind.GENERIC, "there is no directory of type " + type);
        };
    }

    private Directory localUsers(Map<String, String> config) throws DirectoryException {
        if (!config.isEmpty()) {
            throw new DirectoryException(
                    Kind.GENERIC,
                    "type PAM has no settings, but there is "
                            + config.keySet().iterator().next());
        }
        Pam open = pam.get();
        if (open == null) {
            throw new DirectoryException(
                    Kind.GENERIC,
                    "PAM's service " + service + " has no file in /etc/pam.d, or libpam is not installed");
        }
        return new LocalUsers(open);
    }
}
