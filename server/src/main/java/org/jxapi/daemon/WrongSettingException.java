package org.jxapi.daemon;

/** A command line or config file that makes no sense; the message is one line for the user. */
public final class WrongSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongSettingException(String message) {
        super(message);
    }
}
