package org.jxapi.program;

import java.io.IOException;

/** A program is not installed, has failed, or has not ended in time. Its message says which, and what the program wrote. */
public final class ProgramException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why there is no result. */
    public enum Kind {
        NOT_INSTALLED,
        FAILED,
        TIMED_OUT
    }

    private final Kind kind;

    ProgramException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
