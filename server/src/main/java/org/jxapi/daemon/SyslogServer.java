package org.jxapi.daemon;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A syslog server: {@code HOST}, {@code HOST:PORT} or {@code [IPv6]:PORT}; a {@code @} before it means TCP, as in the
 * configuration of rsyslog that XAPI writes the destination to.
 */
record SyslogServer(String host, int port, boolean tcp) {
    private static final int USUAL = 514;
    private static final Pattern FORM =
            Pattern.compile("(@?)(?:\\[([0-9A-Fa-f:.]{2,64})\\]|([A-Za-z0-9._-]{1,253}))(?::([0-9]{1,5}))?");

    /** Reads a destination; empty when it is none. */
    static Optional<SyslogServer> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int port = form.group(4) == null ? USUAL : Integer.parseInt(form.group(4));
        String host = form.group(2) == null ? form.group(3) : form.group(2);
        return port < 1 || port > 65535
                ? Optional.empty()
                : Optional.of(new SyslogServer(host, port, !form.group(1).isEmpty()));
    }
}
