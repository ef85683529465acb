package org.jxapi.http;

import java.util.Locale;

/** Where a request of a browser comes from. */
final class Browser {
    private Browser() {}

    /**
     * Whether a page of another site makes a browser send this. The browser adds the cookies and the passwords that it
     * keeps for this host, so these say nothing about who wants it.
     */
    static boolean foreign(RequestHead request) {
        String origin = request.headers().get("origin");
        if (origin != null) {
            String own = host(request.headers().getOrDefault("host", ""));
            int scheme = origin.indexOf("://");
            return own.isEmpty() || scheme < 0 || !own.equals(host(origin.substring(scheme + 3)));
        }
        // An image or a script of another site comes without an origin; a link that the user follows is the user's own.
        return "cross-site".equals(request.headers().get("sec-fetch-site"))
                && !"navigate".equals(request.headers().get("sec-fetch-mode"));
    }

    /** The host of {@code HOST:PORT} in lower case. */
    private static String host(String authority) {
        int end = authority.startsWith("[") ? authority.indexOf(']') + 1 : authority.indexOf(':');
        return (end > 0 ? authority.substring(0, end) : authority).toLowerCase(Locale.ROOT);
    }
}
