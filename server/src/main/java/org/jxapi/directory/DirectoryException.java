package org.jxapi.directory;

import org.jspecify.annotations.Nullable;

/** A directory refuses something, or cannot be asked. The message is one line for an administrator. */
public final class DirectoryException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The kind of the problem. */
    public enum Kind {
        /** The name and the password of a user do not match, or the account may not be used. */
        REFUSED,
        /** The directory has no such user or group. */
        NOT_FOUND,
        /** No server of the directory is known. */
        LOOKUP,
        /** The servers of the directory do not answer. */
        UNAVAILABLE,
        /** The directory refuses jxapi's own name and password. */
        WRONG_CREDENTIALS,
        /** jxapi's own user may not read the directory. */
        PERMISSION_DENIED,
        /** The pool trusts no certificate that a server of the directory could have. */
        NO_TRUST,
        /** TLS fails, for example because no trusted authority has signed the server's certificate. */
        TLS,
        /** Anything else, such as a wrong setting. */
        GENERIC
    }

    private final Kind kind;

    public DirectoryException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public DirectoryException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
