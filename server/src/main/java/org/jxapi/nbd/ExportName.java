package org.jxapi.nbd;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** The name of an export, {@code /VDI-UUID?session_id=SESSION}: it names a disk, and the session of the reader. */
record ExportName(String vdi, String session) {
    /** Reads a name as XAPI does, as the path and the query of a URI. A missing part is empty. */
    static ExportName parse(String name) {
        int query = name.indexOf('?');
        String path = decoded(query < 0 ? name : name.substring(0, query));
        String session = "";
        if (query >= 0) {
            for (String pair : name.substring(query + 1).split("&")) {
                if (session.isEmpty() && pair.startsWith("session_id=")) {
                    session = decoded(pair.substring("session_id=".length()));
                }
            }
        }
        return new ExportName(path.isEmpty() ? path : path.substring(1), session);
    }

    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return part;
        }
    }

    String text() {
        return "/" + vdi + "?session_id=" + session;
    }

    /** Without the session, which is secret. */
    @Override
    public String toString() {
        return "VDI " + vdi;
    }
}
