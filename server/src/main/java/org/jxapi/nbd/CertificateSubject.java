package org.jxapi.nbd;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The name in a certificate that a client is to expect, chosen as XAPI does. */
final class CertificateSubject {
    /** The type of a DNS name among a certificate's alternative names. */
    private static final int DNS = 2;

    private static final String WILDCARD = "*.";

    private CertificateSubject() {}

    /**
     * The first DNS name, ordered by labels from the last one; a name with a wildcard, without it, only when there is no
     * other. The common name counts when there are no DNS names. Nothing when no name is one of a host.
     */
    static Optional<String> of(X509Certificate certificate) {
        List<String> names = names(certificate).stream()
                .filter(name -> host(withoutWildcard(name)))
                .toList();
        List<String> strict =
                names.stream().filter(name -> !name.startsWith(WILDCARD)).toList();
        return (strict.isEmpty() ? names : strict)
                .stream()
                        .map(CertificateSubject::withoutWildcard)
                        .min(Comparator.comparing(CertificateSubject::labels, Arrays::compare));
    }

    private static String withoutWildcard(String name) {
        return name.startsWith(WILDCARD) ? name.substring(WILDCARD.length()) : name;
    }

    private static String[] labels(String name) {
        List<String> labels =
                new ArrayList<>(List.of(name.toLowerCase(Locale.ROOT).split("\\.")));
        Collections.reverse(labels);
        return labels.toArray(new String[0]);
    }

    /** Whether it is a host's name: labels of letters, digits and hyphens, of which the last has a letter. */
    private static boolean host(String name) {
        return name.matches("([A-Za-z0-9][A-Za-z0-9-]*\\.)*[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*");
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            if (certificate.getSubjectAlternativeNames() != null) {
                for (List<?> name : certificate.getSubjectAlternativeNames()) {
                    if (name.get(0).equals(DNS)) {
                        names.add(String.valueOf(name.get(1)));
                    }
                }
            }
            if (names.isEmpty()) {
                for (Rdn part :
                        new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                    if (part.getType().equalsIgnoreCase("CN")) {
                        names.add(String.valueOf(part.getValue()));
                    }
                }
            }
        } catch (CertificateParsingException | InvalidNameException e) {
            // Such a certificate has no name to expect.
            return List.of();
        }
        return names;
    }
}
