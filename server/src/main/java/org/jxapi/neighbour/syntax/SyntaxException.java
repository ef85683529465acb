package org.jxapi.neighbour.syntax;

/** A text that a reader refuses, with the line, and what to change. */
public final class SyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    public SyntaxException(int line, String reason) {
        super("line " + line + ": " + reason);
        this.line = line;
    }

    /** From 1. */
    public int line() {
        return line;
    }
}
