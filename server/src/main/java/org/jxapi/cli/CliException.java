package org.jxapi.cli;

/** What the user did wrong, in words for stderr. */
final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CliException(String message) {
        super(message);
    }
}
