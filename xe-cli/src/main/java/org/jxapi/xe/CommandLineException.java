package org.jxapi.xe;

import java.io.IOException;

/** The usage is to be shown, after a line that says why unless that is null. */
final class CommandLineException extends IOException {
    private static final long serialVersionUID = 1L;

    CommandLineException(String why) {
        super(why);
    }
}
