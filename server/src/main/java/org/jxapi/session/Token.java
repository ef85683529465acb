package org.jxapi.session;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An API token: a password of a user for one program. Its text is known to the program only.
 *
 * @param id 32 hexadecimal digits, which the text holds too
 * @param name a name that its maker chose
 * @param user the user's name at login
 * @param sid identifier of the user in the directory; empty for a local superuser
 * @param role the most that it may do, by a role's name; empty for all that its user may do
 * @param hash SHA-256 of its secret part, in hexadecimal digits. The secret has 256 random bits, so it needs no slow hash
 * @param created when it was made
 * @param expires when it ends; null for never
 */
record Token(
        String id,
        String name,
        String user,
        String sid,
        String role,
        String hash,
        Instant created,
        @Nullable Instant expires) {
    boolean validAt(Instant now) {
        return expires == null || now.isBefore(expires);
    }
}
