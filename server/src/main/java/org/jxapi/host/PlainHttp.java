package org.jxapi.host;

import java.io.IOException;

/** The listener of a host for plain HTTP. */
public interface PlainHttp {
    /** Whether the host listens for TLS, so that clients reach it without plain HTTP. */
    boolean servesTls();

    /**
     * Begins to listen, or ends it, now and at each later start. Connections that exist go on. Where the settings name no
     * address for plain HTTP, nothing changes.
     */
    void serve(boolean wanted) throws IOException;
}
