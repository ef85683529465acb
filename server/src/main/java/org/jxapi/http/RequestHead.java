package org.jxapi.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;

/**
 * The head of a request that is no call.
 *
 * @param target as the request has it: the path, and perhaps a query
 * @param path without the query; that of CONNECT too, whose target is a path here instead of HTTP's host and port
 * @param headers by name in lower case
 * @param unixSocket whether the peer is trusted as root
 * @param peer address of the peer, for logs
 * @param certificates the certificates that it has shown in TLS, its own first
 * @param member the reference of the host at which it arrived, if that has passed it on; null if it arrived here
 * @param caller who sends it; null until that is known
 */
public record RequestHead(
        String method,
        String target,
        String path,
        Map<String, String> query,
        Map<String, String> cookies,
        Map<String, String> headers,
        boolean unixSocket,
        String peer,
        List<X509Certificate> certificates,
        @Nullable String member,
        @Nullable Grant caller) {
    private static final String LENGTH = "content-length";

    /**
     * Reads a request's head, up to and with its empty line.
     *
     * @throws Refusal when it is none
     */
    static RequestHead parse(String head, boolean unixSocket, String peer) {
        String[] lines = head.split("\r?\n");
        String[] words = lines[0].split(" ");
        if (words.length < 2) {
            throw Refusal.badRequest("The request names no target.");
        }
        Map<String, String> headers = new HashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                String name = lines[i].substring(0, colon).strip().toLowerCase(Locale.ROOT);
                String value = lines[i].substring(colon + 1).strip();
                String before = headers.put(name, value);
                if (name.equals(LENGTH) && before != null && !before.equals(value)) {
                    throw Refusal.badRequest("The request has two lengths.");
                }
            }
        }
        // Some clients give a whole URL.
        return of(words[0], words[1].replaceFirst("^https?://[^/]*", ""), headers, unixSocket, peer);
    }

    /** The head with the target as in the request: a path, and perhaps a query. */
    static RequestHead of(String method, String target, Map<String, String> headers, boolean unixSocket, String peer) {
        int mark = target.indexOf('?');
        return new RequestHead(
                method,
                target,
                mark < 0 ? target : target.substring(0, mark),
                mark < 0 ? Map.of() : pairs(target.substring(mark + 1), "&"),
                pairs(headers.getOrDefault("cookie", ""), "[;&]"),
                headers,
                unixSocket,
                peer,
                List.of(),
                null,
                null);
    }

    /** The same request, of a client that has shown certificates, perhaps to a member which has passed it on. */
    RequestHead showing(List<X509Certificate> shown, @Nullable String at) {
        return new RequestHead(method, target, path, query, cookies, headers, unixSocket, peer, shown, at, caller);
    }

    /** The same request, of a caller that is known. */
    RequestHead of(Grant grant) {
        return new RequestHead(
                method, target, path, query, cookies, headers, unixSocket, peer, certificates, member, grant);
    }

    /** The sender of a request that was admitted. */
    public Grant admitted() {
        return Objects.requireNonNull(caller, "the caller of a request is not known");
    }

    /**
     * Records the request, which was admitted, at its end.
     *
     * @param permission what it needed, such as {@code http/get_export}
     * @param failure why it failed; RBAC_PERMISSION_DENIED when it was not allowed, null for success
     */
    public void record(String permission, @Nullable XenApiException failure) {
        Map<String, String> parameters = new LinkedHashMap<>(cookies);
        parameters.putAll(query);
        admitted().audit().request(permission, admitted().session(), parameters, peer, failure);
    }

    /** A parameter, which may come as a cookie too; null when there is none. */
    public @Nullable String param(String name) {
        return cookies.getOrDefault(name, query.get(name));
    }

    /** All values of a parameter that the query may repeat. */
    public List<String> all(String name) {
        return entries(target.substring(path.length()), "[?&]").stream()
                .filter(pair -> pair.getKey().equals(name))
                .map(Map.Entry::getValue)
                .toList();
    }

    /** The length of the body in bytes; -1 when the request gives none, or one that is no length. */
    public long bodyLength() {
        String length = headers.getOrDefault(LENGTH, "");
        return length.matches("[0-9]{1,18}") ? Long.parseLong(length) : -1;
    }

    /** Whether there is a length that is none. */
    boolean badLength() {
        return headers.containsKey(LENGTH) && bodyLength() < 0;
    }

    /** Of a name that comes again the first value counts. */
    private static Map<String, String> pairs(String text, String separator) {
        Map<String, String> pairs = new HashMap<>();
        for (Map.Entry<String, String> pair : entries(text, separator)) {
            pairs.putIfAbsent(pair.getKey(), pair.getValue());
        }
        return pairs;
    }

    /** As in XAPI, a name alone has an empty value. */
    private static List<Map.Entry<String, String>> entries(String text, String separator) {
        List<Map.Entry<String, String>> entries = new ArrayList<>();
        for (String pair : text.split(separator)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                entries.add(Map.entry(
                        decoded(pair.substring(0, equals).strip()),
                        decoded(pair.substring(equals + 1).strip())));
            } else if (equals < 0 && !pair.isBlank()) {
                entries.add(Map.entry(decoded(pair.strip()), ""));
            }
        }
        return entries;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.badRequest("The request has a % that is followed by no two hexadecimal digits.");
        }
    }
}
