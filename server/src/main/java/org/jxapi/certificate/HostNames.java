package org.jxapi.certificate;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The names of a certificate, matched as OpenSSL's X509_check_host does: RFC 6125. */
final class HostNames {
    private static final int DNS = 2;

    private HostNames() {}

    /** Whether a certificate is for a name. The subject's common name counts only if there is no other DNS name. */
    static boolean match(X509Certificate certificate, String name) throws CertificateParsingException {
        List<String> names = alternatives(certificate);
        if (names.isEmpty()) {
            names = commonNames(certificate);
        }
        String wanted = name.toLowerCase(Locale.ROOT);
        return names.stream().anyMatch(pattern -> match(pattern.toLowerCase(Locale.ROOT), wanted));
    }

    private static List<String> alternatives(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        Collection<List<?>> all = certificate.getSubjectAlternativeNames();
        if (all != null) {
            for (List<?> alternative : all) {
                if (alternative.get(0).equals(DNS)) {
                    names.add(String.valueOf(alternative.get(1)));
                }
            }
        }
        return names;
    }

    private static List<String> commonNames(X509Certificate certificate) throws CertificateParsingException {
        List<String> names = new ArrayList<>();
        try {
            for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    names.add(String.valueOf(part.getValue()));
                }
            }
        } catch (InvalidNameException e) {
            throw new CertificateParsingException(e);
        }
        return names;
    }

    /** A pattern may begin with {@code *.}, for one label, and then has two more at least. */
    private static boolean match(String pattern, String name) {
        if (!pattern.startsWith("*.")) {
            return pattern.equals(name);
        }
        String rest = pattern.substring(1);
        int dot = name.indexOf('.');
        return rest.indexOf('.', 1) > 0 && dot > 0 && name.substring(dot).equals(rest);
    }
}
