package org.jxapi.cli.thin;

/** A command line that cannot be run; the client shows it with a hint at {@code xe help}. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String question;

    public UsageException(String message) {
        this(message, "");
    }

    /** @param question asks whether something else was meant; may be empty */
    public UsageException(String message, String question) {
        super(message);
        this.question = question;
    }

    public String question() {
        return question;
    }
}
