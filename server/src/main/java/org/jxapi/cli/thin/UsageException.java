package org.jxapi.cli.thin;

/** A command line that cannot be run; the client shows it with a hint at {@code xe help}. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
