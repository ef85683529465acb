package org.jxapi.diagnosis;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.jxapi.xenapi.Errors;

/**
 * Where a file is uploaded. URLs may have passwords, so no error repeats one.
 *
 * @param uri without user and password
 * @param user {@code user:password} for the server; empty for none
 * @param proxy null for none
 */
record UploadTarget(URI uri, String user, @Nullable Proxy proxy) {
    /** The port that curl takes for a proxy without one. */
    private static final int LAST_PORT = 65_535;

    private static final int PROXY_PORT = 1080;

    /** @param user {@code user:password} for the proxy; empty for none */
    record Proxy(String host, int port, String user) {}

    /**
     * Reads a URL and that of a proxy; INVALID_VALUE for others than those of HTTP.
     *
     * @param proxy a URL or {@code host:port}; empty for none
     * @param name the file's name for a URL that ends with a slash
     */
    static UploadTarget of(String url, String proxy, String name) {
        if (url.isEmpty()) {
            throw Errors.invalidValue("url", "");
        }
        URI uri = uri("url", url);
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw Errors.invalidValue("url", scheme + " is not supported; use a URL of http or https");
        }
        String path = uri.getRawPath();
        String file = path.isEmpty() ? "/" + name : path.endsWith("/") ? path + name : path;
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        String authority = uri.getRawAuthority();
        String server = authority.substring(authority.lastIndexOf('@') + 1);
        return new UploadTarget(
                URI.create(scheme + "://" + server + file + query), user(uri), proxy.isEmpty() ? null : proxy(proxy));
    }

    private static Proxy proxy(String text) {
        URI uri = uri("http_proxy", text.contains("://") ? text : "http://" + text);
        if (!uri.getScheme().equalsIgnoreCase("http")) {
            throw Errors.invalidValue("http_proxy", uri.getScheme() + " is not supported; use a proxy of http");
        }
        return new Proxy(uri.getHost(), uri.getPort() < 0 ? PROXY_PORT : uri.getPort(), user(uri));
    }

    private static String user(URI uri) {
        return uri.getUserInfo() == null ? "" : uri.getUserInfo();
    }

    private static URI uri(String field, String text) {
        try {
            URI uri = new URI(text);
            if (uri.getPort() > LAST_PORT) {
                throw Errors.invalidValue(field, "URL not recognised: its port is above " + LAST_PORT);
            }
            if (uri.getScheme() != null && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw Errors.invalidValue(field, "URL not recognised: " + e.getReason());
        }
        throw Errors.invalidValue(field, "URL not recognised: it needs a scheme and a host");
    }
}
