package org.jxapi.dispatch;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Session;

/** How XAPI names a session where its reference must not be told. */
public final class TrackId {
    private TrackId() {}

    /** {@code trackid=} and a hash of the reference. */
    public static String of(Ref<Session> session) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("MD5").digest(session.value().getBytes(StandardCharsets.UTF_8));
            return "trackid=" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
