package org.jxapi.daemon;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command line or config file that makes no sense; the message is one line for the user. When it is about one setting, it
 * begins with two dashes and its key.
 */
public final class WrongSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private static final Pattern KEY = Pattern.compile("--([a-z-]+).*", Pattern.DOTALL);

    WrongSettingException(String message) {
        super(message);
    }

    /** The key of the setting that is wrong; null when the message is about something else. */
    @Nullable
    String key() {
        Matcher matcher = KEY.matcher(String.valueOf(getMessage()));
        return matcher.matches() ? matcher.group(1) : null;
    }
}
