package org.jxapi.iscsi;

import java.io.IOException;

/** A failure of an initiator. */
public final class IscsiException extends IOException {
    private static final long serialVersionUID = 1;

    /** The step that failed. */
    public enum Kind {
        /** The initiator's daemon does not answer. */
        DAEMON,
        /** The portal did not list its targets. */
        DISCOVERY,
        /** The portal does not offer the target. */
        NO_TARGET,
        LOGIN,
        LOGOUT
    }

    private final Kind kind;

    IscsiException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
