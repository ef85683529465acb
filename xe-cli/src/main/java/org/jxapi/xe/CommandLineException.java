package org.jxapi.xe;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The client must print its usage, after a line that says why unless that is null. */
final class CommandLineException extends IOException {
    private static final long serialVersionUID = 1L;

    CommandLineException(@Nullable String why) {
        super(why);
    }
}
