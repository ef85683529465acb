package org.jxapi.http;

import org.jspecify.annotations.Nullable;

/** Serves the requests below {@code /simulator}, with which clients move a simulated machine. */
public interface SimulatorHandler {
    /** The path of all these requests, and what comes before all others. */
    String PATH = "/simulator";

    /**
     * An answer.
     *
     * @param body JSON
     */
    record Answer(int status, byte[] body) {}

    /**
     * Serves a request, on a thread that may wait. It never throws.
     *
     * @param path from {@link #PATH} on, without the query
     * @param authorization the header of that name; null when there is none
     * @param body of the request; empty when it has none
     */
    Answer serve(String method, String path, @Nullable String authorization, byte[] body);
}
