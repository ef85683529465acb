package org.jxapi.daemon;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.jxapi.host.LocalSettings;
import org.jxapi.host.PlainHttp;
import org.jxapi.http.HttpServer;

/** The listeners of this daemon. Its agent may answer shortly before they are there. */
final class OwnHttp implements PlainHttp {
    private final LocalSettings settings;
    private final CompletableFuture<HttpServer> http = new CompletableFuture<>();

    OwnHttp(LocalSettings settings) {
        this.settings = settings;
    }

    /** Whether a member begins without plain HTTP. A coordinator has the answer in its database. */
    boolean closed() {
        return settings.get(LocalSettings.HTTPS_ONLY, "false").equals("true");
    }

    void are(HttpServer started) {
        http.complete(started);
    }

    @Override
    public boolean servesTls() {
        return http.join().servesTls();
    }

    @Override
    public void serve(boolean wanted) throws IOException {
        http.join().servePlain(wanted);
        settings.put(LocalSettings.HTTPS_ONLY, Boolean.toString(!wanted));
    }
}
