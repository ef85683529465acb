package org.jxapi.harness;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Requests of root that stay open until the test closes them, or ends. */
public final class OpenRequests implements AutoCloseable {
    private final TestDaemon daemon;
    private final List<Http> open = new ArrayList<>();

    public OpenRequests(TestDaemon daemon) {
        this.daemon = daemon;
    }

    /** Sends the head of a request. */
    public Http send(String method, String target, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(Http.basic("root", daemon.password())));
        all.addAll(List.of(headers));
        Http http = new Http(daemon, method, target, all.toArray(String[]::new));
        open.add(http);
        return http;
    }

    /** Closes the last ones that were sent. */
    public void closeLast(int count) throws IOException {
        for (Http http : open.subList(open.size() - count, open.size())) {
            http.close();
        }
    }

    @Override
    public void close() throws IOException {
        for (Http http : open) {
            http.close();
        }
    }
}
