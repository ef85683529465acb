package org.jxapi.cli.thin;

/** A mistake of the user. The client shows it after {@code Error: }. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String text;

    public CliException(String message) {
        super(message);
        this.text = message;
    }

    public String text() {
        return text;
    }
}
