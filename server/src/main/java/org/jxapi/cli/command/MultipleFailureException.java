package org.jxapi.cli.command;

import java.util.List;

/** Some of several objects could not be worked on. */
public final class MultipleFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One of them, and why. */
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
