package org.jxapi.http;

import java.io.IOException;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** GET requests for the files of the web console. They need no session. */
final class SiteRequests {
    private static final Logger LOG = LoggerFactory.getLogger(SiteRequests.class);
    private static final String FOREVER = "public, max-age=31536000, immutable";

    private final SiteFiles files;

    SiteRequests(SiteFiles files) {
        this.files = files;
    }

    /** Answers with the file at the path, or that there is none. */
    void serve(String path, Request request, Response response, Callback callback) {
        // This may be the thread that selects among all connections of the listener, and a disk may be slow.
        request.getConnectionMetaData()
                .getConnector()
                .getExecutor()
                .execute(() -> answer(path, request, response, callback));
    }

    private void answer(String path, Request request, Response response, Callback callback) {
        try {
            String decoded = decoded(path);
            SiteFile file = decoded == null ? null : files.find(decoded, takesGzip(request.getHeaders()));
            if (file != null) {
                send(file, request, response, callback);
            } else if (path.equals("/")) {
                Pages.withoutConsole(response, callback);
            } else {
                Pages.missing(response, callback, path);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("File for browsers: {} cannot be read", path, e);
            Pages.error(response, callback, 500);
        }
    }

    /** The path as a name of a file; null when its escapes make no text. */
    private static @Nullable String decoded(String path) {
        try {
            return URIUtil.decodePath(path);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private void send(SiteFile file, Request request, Response response, Callback callback) {
        HttpFields.Mutable headers = response.getHeaders();
        files.headers().forEach(headers::put);
        headers.put(HttpHeader.ETAG, file.tag());
        headers.put(HttpHeader.CACHE_CONTROL, file.fixed() ? FOREVER : "no-cache");
        headers.put(HttpHeader.VARY, "accept-encoding");
        if (matches(request.getHeaders().get(HttpHeader.IF_NONE_MATCH), file.tag())) {
            response.setStatus(304);
            response.write(true, null, callback);
            return;
        }
        headers.put(HttpHeader.CONTENT_TYPE, file.type());
        headers.put(HttpHeader.CONTENT_LENGTH, file.length());
        if (file.gzip()) {
            headers.put(HttpHeader.CONTENT_ENCODING, "gzip");
        }
        Content.copy(file.content().open(), response, callback);
    }

    /** Whether a list of tags has this one. */
    private static boolean matches(@Nullable String tags, String tag) {
        return tags != null
                && List.of(tags.split(",")).stream()
                        .map(String::strip)
                        .anyMatch(each -> each.equals("*") || each.equals(tag) || each.equals("W/" + tag));
    }

    private static boolean takesGzip(HttpFields headers) {
        for (HttpField field : headers.getFields(HttpHeader.ACCEPT_ENCODING)) {
            for (String each : field.getValues()) {
                String[] parts = each.strip().split(";", 2);
                boolean never = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
                if (parts[0].strip().equalsIgnoreCase("gzip") && !never) {
                    return true;
                }
            }
        }
        return false;
    }
}
