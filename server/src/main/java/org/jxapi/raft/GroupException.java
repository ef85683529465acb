package org.jxapi.raft;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A group was not changed as it was asked to, for the reason in the message. */
public final class GroupException extends IOException {
    private static final long serialVersionUID = 1L;

    GroupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
