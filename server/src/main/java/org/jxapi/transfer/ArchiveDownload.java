package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.jxapi.dispatch.Waiting;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;

/** Reads archives from web servers. All failures are IMPORT_ERROR with the reason. */
final class ArchiveDownload {
    /** As many as XAPI follows; upstream: xapi_vm.ml, max_redirects. */
    private static final int MOST_REDIRECTS = 5;

    private static final int CONNECT_MILLIS = (int) Duration.ofSeconds(30).toMillis();
    /** How long a server may be silent. */
    private static final int SILENT_MILLIS = (int) Duration.ofMinutes(2).toMillis();

    private static final int OK = 200;

    private ArchiveDownload() {}

    /** Hands over the file at a URL. The thread gives its place away at once, as the server sets the pace. */
    static <T> T read(String url, Function<InputStream, T> work) {
        try (Waiting waiting = new Waiting(Duration.ZERO)) {
            waiting.goOn();
            URI at = uri(url);
            for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
                HttpURLConnection connection = open(at);
                try {
                    int status = connection.getResponseCode();
                    if (status == OK) {
                        return work.apply(connection.getInputStream());
                    }
                    if (status / 100 != 3) {
                        throw Errors.importError(status + " " + connection.getResponseMessage());
                    }
                    at = next(at, connection.getHeaderField("Location"));
                } finally {
                    connection.disconnect();
                }
            }
            throw Errors.importError("Maximum redirect limit reached");
        } catch (IOException e) {
            throw Errors.importError(Reason.withFile(e)).causedBy(e);
        }
    }

    private static URI uri(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw Errors.importError("Failed to parse URI: " + url).causedBy(e);
        }
    }

    private static URI next(URI from, @Nullable String location) {
        if (location == null) {
            throw Errors.importError("Redirect with no new location");
        }
        return from.resolve(uri(location));
    }

    private static HttpURLConnection open(URI at) throws IOException {
        String scheme = at.getScheme();
        if (at.getHost() == null || !("http".equals(scheme) || "https".equals(scheme))) {
            throw Errors.importError("Unsupported URI: " + at);
        }
        HttpURLConnection connection = (HttpURLConnection) at.toURL().openConnection();
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(CONNECT_MILLIS);
        connection.setReadTimeout(SILENT_MILLIS);
        connection.setUseCaches(false);
        return connection;
    }
}
