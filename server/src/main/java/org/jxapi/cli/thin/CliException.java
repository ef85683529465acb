package org.jxapi.cli.thin;

/** A mistake of the user. The client shows it after {@code Error: }. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String text;
    private final String question;

    public CliException(String message) {
        this(message, "");
    }

    /** @param question asks whether something else was meant; may be empty */
    public CliException(String message, String question) {
        super(message);
        this.text = message;
        this.question = question;
    }

    public String question() {
        return question;
    }

    public String text() {
        return text;
    }
}
