package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Serves a command line client, which has sent {@code POST /cli}: from then on the connection is its own. */
public interface CliHandler {
    /**
     * Talks with the client until the command is done; the connection is closed afterwards.
     *
     * @param body the request's body: the arguments, one a line
     * @param unixSocket whether the peer is trusted as root
     */
    void handle(byte[] body, InputStream in, OutputStream out, boolean unixSocket) throws IOException;
}
