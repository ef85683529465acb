package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Serves a client that has sent {@code CONNECT}: from then on the connection is its own. */
public interface ConnectHandler {
    /**
     * Answers, and talks with the client until either is done; the connection is closed afterwards.
     *
     * @param request of a caller that is known
     */
    void connect(RequestHead request, InputStream in, OutputStream out) throws IOException;
}
