package org.jxapi.cli.record;

/** The kind does not have a requested field. */
public final class UnknownFieldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String question;

    /** @param question suggests another field; may be empty */
    public UnknownFieldException(String name, String question) {
        super(name);
        this.question = question;
    }

    public String question() {
        return question;
    }
}
