package org.jxapi.cli.thin;

/** What the user did wrong; the client shows it after {@code Error: }. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CliException(String message) {
        super(message);
    }
}
