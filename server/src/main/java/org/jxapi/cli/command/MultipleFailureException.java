package org.jxapi.cli.command;

import java.util.List;

/** A command with --multiple has failed for some objects. */
public final class MultipleFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** An object, and the reason of its failure. */
    public record Failed(String uuid, String why) {}

    private final transient List<Failed> failed;

    MultipleFailureException(List<Failed> failed) {
        super(failed.toString());
        this.failed = List.copyOf(failed);
    }

    public List<Failed> failed() {
        return failed;
    }
}
