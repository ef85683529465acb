package org.jxapi.cli.record;

/** Somebody asked for a field that the kind has not. */
public final class UnknownFieldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String question;

    /** @param question asks whether another field is meant; may be empty */
    public UnknownFieldException(String name, String question) {
        super(name);
        this.question = question;
    }

    public String question() {
        return question;
    }
}
