package org.jxapi.neighbour.syntax;

/**
 * A piece of a configuration in Python's syntax.
 *
 * @param text the name, the operator, the digits, or the contents of the string with its escapes resolved
 * @param line from 1
 */
record Token(Kind kind, String text, int line) {
    enum Kind {
        NAME,
        NUMBER,
        STRING,
        OPERATOR,
        /** White space before the first word of a line. */
        INDENTATION,
        /** The end of a statement: of a line outside brackets, or a semicolon. */
        END_OF_STATEMENT,
        END_OF_FILE
    }

    boolean is(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean ends() {
        return kind == Kind.END_OF_STATEMENT || kind == Kind.END_OF_FILE;
    }

    /** How an error names it. */
    String shown() {
        return switch (kind) {
            case END_OF_FILE -> "the end of the file";
            case END_OF_STATEMENT -> "the end of the line";
            case STRING -> "a string";
            case INDENTATION -> "white space";
            default -> "\"" + text + "\"";
        };
    }
}
