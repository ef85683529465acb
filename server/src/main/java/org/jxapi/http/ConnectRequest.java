package org.jxapi.http;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A CONNECT request, whose target is a path here instead of HTTP's host and port.
 *
 * @param authorization the header of that name, or null
 * @param unixSocket whether the peer is trusted as root
 * @param peer address of the peer, for logs
 */
public record ConnectRequest(
        String path,
        Map<String, String> query,
        Map<String, String> cookies,
        String authorization,
        boolean unixSocket,
        String peer) {

    /** Reads a request's head, up to and with its empty line. */
    static ConnectRequest parse(String head, boolean unixSocket, String peer) throws IOException {
        String[] lines = head.split("\r?\n");
        String[] words = lines[0].split(" ");
        if (words.length < 2) {
            throw new IOException("no target in: " + lines[0]);
        }
        // Clients that want a host there give a whole URL.
        String target = words[1].replaceFirst("^https?://[^/]*", "");
        int mark = target.indexOf('?');
        Map<String, String> cookies = new HashMap<>();
        String authorization = null;
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            String name = colon < 0 ? "" : lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT);
            String value = lines[i].substring(colon + 1).strip();
            if (name.equals("cookie")) {
                cookies.putAll(pairs(value, "[;&]"));
            } else if (name.equals("authorization")) {
                authorization = value;
            }
        }
        return new ConnectRequest(
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? Map.of() : pairs(target.substring(mark + 1), "&"),
                cookies,
                authorization,
                unixSocket,
                peer);
    }

    private static Map<String, String> pairs(String text, String separator) throws IOException {
        Map<String, String> pairs = new HashMap<>();
        for (String pair : text.split(separator)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                pairs.put(
                        decoded(pair.substring(0, equals).strip()),
                        decoded(pair.substring(equals + 1).strip()));
            }
        }
        return pairs;
    }

    private static String decoded(String text) throws IOException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IOException("bad escape in: " + text, e);
        }
    }
}
