package org.jxapi.nbd;

import java.io.Serial;
import org.jxapi.datamodel.XenApiException;

/** A client does not get an export. The text is for the client, and holds no session. */
final class RefusedExportException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int reply;

    /** @param reply the type of the option's reply */
    RefusedExportException(int reply, String message) {
        super(message);
        this.reply = reply;
    }

    /** The refusal that an error of the XenAPI amounts to. */
    static RefusedExportException of(XenApiException e) {
        int reply = switch (e.code()) {
            case "UUID_INVALID", "HANDLE_INVALID" -> Wire.REP_ERR_UNKNOWN;
            default -> Wire.REP_ERR_POLICY;
        };
        String text = e.code().equals("SESSION_INVALID") ? e.code() : e.code() + ": " + String.join(", ", e.params());
        return new RefusedExportException(reply, text);
    }

    int reply() {
        return reply;
    }
}
