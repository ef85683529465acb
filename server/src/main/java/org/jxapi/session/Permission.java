package org.jxapi.session;

import java.util.Locale;
import org.jxapi.datamodel.BuiltInRole;

/**
 * Something that needs a right: a message, a protected key of a map, an HTTP handler, or a task of another user.
 *
 * @param name {@code Class.message}, {@code Class.message/key:PATTERN} or {@code http/NAME}, as XAPI's model writes it
 * @param least the least role that holds it; LOCAL_ROOT if none does
 * @param clientCert whether the internal client-certificate role holds it although it is below {@code least}
 */
public record Permission(String name, BuiltInRole least, boolean clientCert) {
    /** The name in lower case: what roles, sessions and errors call it. */
    public String label() {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Whether the internal client-certificate role holds it; in XAPI's order that role is just above read-only. */
    public boolean heldByClientCert() {
        return clientCert || least == BuiltInRole.READ_ONLY;
    }
}
