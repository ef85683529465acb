package org.jxapi.cli.record;

/** Somebody asked for a field that the kind has not. */
public final class UnknownFieldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnknownFieldException(String name) {
        super(name);
    }
}
