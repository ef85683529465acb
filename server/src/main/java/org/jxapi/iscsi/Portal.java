package org.jxapi.iscsi;

/**
 * The place where a target listens.
 *
 * @param host its name or address; an IPv6 address without brackets
 */
public record Portal(String host, int port) {
    /** The port that stands for itself in XenServer's answers. */
    public static final int USUAL_PORT = 3260;

    public static final int HIGHEST_PORT = 65_535;

    /** Reads {@code HOST:PORT}, {@code HOST} or {@code [HOST]:PORT}; IllegalArgumentException when it is none of these. */
    public static Portal parse(String text) {
        int bracket = text.lastIndexOf(']');
        boolean several = bracket < 0 && text.indexOf(':') != text.lastIndexOf(':');
        int colon = several ? -1 : text.indexOf(':', Math.max(0, bracket));
        String host = colon < 0 ? text : text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        if (host.isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' names no host");
        }
        return new Portal(host, colon < 0 ? USUAL_PORT : port(text.substring(colon + 1)));
    }

    /** Reads the number of a port; IllegalArgumentException when there is no such port. */
    public static int port(String text) {
        if (!text.matches("\\d{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > HIGHEST_PORT) {
            throw new IllegalArgumentException("'" + text + "' is no port");
        }
        return Integer.parseInt(text);
    }

    /** The host in front of a port: in brackets if it is an IPv6 address. */
    public String address() {
        return host.contains(":") ? "[" + host + "]" : host;
    }

    @Override
    public String toString() {
        return address() + ":" + port;
    }
}
