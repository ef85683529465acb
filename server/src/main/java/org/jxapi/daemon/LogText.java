package org.jxapi.daemon;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Texts as they go to the log. They may hold what a stranger has sent, so none of them makes a line of its own, talks to
 * the reader's terminal, or is longer than a screen. Session references and passwords in URLs and headers are left out.
 */
final class LogText {
    private static final int LONGEST = 4000;
    private static final Pattern SECRET = Pattern.compile(
            "(?i)\\b(session_id(?:=|%3d|: ?)|(?:proxy-)?authorization: *(?:basic |bearer )?)[^\\s&;,\"'<>]+");

    private LogText() {}

    /** The text in one line. */
    static String safe(@Nullable String text) {
        if (text == null) {
            return "null";
        }
        String shown = text.length() > LONGEST
                ? text.substring(0, LONGEST) + "... (" + (text.length() - LONGEST) + " more characters)"
                : text;
        StringBuilder out = new StringBuilder(shown.length());
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (harmless(c)) {
                        out.append(c);
                    } else {
                        out.append("\\u").append(HexFormat.of().toHexDigits(c));
                    }
                }
            }
        }
        return SECRET.matcher(out).replaceAll("$1(hidden)");
    }

    /** Control and format characters change what is seen; line and paragraph separators begin a line. */
    private static boolean harmless(char c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED -> false;
            default -> true;
        };
    }

    /** {@code %msg}. */
    static final class Message extends ClassicConverter {
        @Override
        public String convert(ILoggingEvent event) {
            return safe(event.getFormattedMessage());
        }
    }

    /** {@code %ex}: the stack in lines, their messages in one line each. */
    static final class Exceptions extends ThrowableProxyConverter {
        @Override
        protected String throwableProxyToString(IThrowableProxy thrown) {
            return super.throwableProxyToString(new Safe(thrown));
        }
    }

    /** An exception whose message is safe, and those of its causes. */
    private record Safe(IThrowableProxy of) implements IThrowableProxy {
        private static @Nullable Safe orNull(@Nullable IThrowableProxy of) {
            return of == null ? null : new Safe(of);
        }

        @Override
        public @Nullable String getMessage() {
            return of.getMessage() == null ? null : safe(of.getMessage());
        }

        @Override
        public @Nullable String getOverridingMessage() {
            return of.getOverridingMessage() == null ? null : safe(of.getOverridingMessage());
        }

        @Override
        public String getClassName() {
            return of.getClassName();
        }

        @Override
        public StackTraceElementProxy[] getStackTraceElementProxyArray() {
            return of.getStackTraceElementProxyArray();
        }

        @Override
        public int getCommonFrames() {
            return of.getCommonFrames();
        }

        @Override
        public @Nullable IThrowableProxy getCause() {
            return orNull(of.getCause());
        }

        @Override
        public IThrowableProxy @Nullable [] getSuppressed() {
            IThrowableProxy[] suppressed = of.getSuppressed();
            if (suppressed == null) {
                return null;
            }
            IThrowableProxy[] all = new IThrowableProxy[suppressed.length];
            for (int i = 0; i < all.length; i++) {
                all[i] = orNull(suppressed[i]);
            }
            return all;
        }

        @Override
        public boolean isCyclic() {
            return of.isCyclic();
        }
    }
}
