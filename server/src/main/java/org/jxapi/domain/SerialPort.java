package org.jxapi.domain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.xenapi.Errors;

/**
 * Where the serial port of an HVM guest goes: {@code platform:hvm_serial}, or {@code other_config:hvm_serial}. The text
 * reaches QEMU, which runs as root and takes options behind commas, among them files to write to. So only these forms
 * are accepted: {@code pty}, {@code none}, {@code null}, {@code tcp:HOST:PORT} and {@code telnet:HOST:PORT} with the
 * options below, {@code udp:HOST:PORT[@HOST:PORT]}.
 */
public final class SerialPort {
    public static final String KEY = "hvm_serial";

    private static final String HOST = "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]{2,45}\\])?";
    private static final String END = HOST + ":(\\d{1,5})";
    private static final String OPTION = ",(?:server|nowait|nodelay|(?:server|wait|nodelay)=(?:on|off))";
    private static final Pattern STREAM = Pattern.compile("(?:tcp|telnet):" + END + "(?:" + OPTION + ")*");
    private static final Pattern DATAGRAM = Pattern.compile("udp:" + END + "(?:@" + END + ")?");

    private SerialPort() {}

    /**
     * Returns the text; INVALID_VALUE with the key when QEMU must not see it.
     *
     * @param map {@code platform} or {@code other_config}, for the error
     */
    public static String check(String map, String text) {
        if (text.matches("pty|none|null") || ports(STREAM.matcher(text)) || ports(DATAGRAM.matcher(text))) {
            return text;
        }
        throw Errors.invalidValue(map + ":" + KEY, text);
    }

    private static boolean ports(Matcher ends) {
        if (!ends.matches()) {
            return false;
        }
        for (int i = 1; i <= ends.groupCount(); i++) {
            String port = ends.group(i);
            if (port != null && (Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535)) {
                return false;
            }
        }
        return true;
    }
}
