package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;

/** Serves requests whose bodies, either way, are as large as disks. */
public interface TransferHandler {
    /** Whether that path is one for this method. */
    boolean serves(String method, String path);

    /** The one permission of a request that everybody may send; empty for a request that needs a session. */
    default Optional<String> open(RequestHead head) {
        return Optional.empty();
    }

    /** For what a name and a password are asked, as XAPI calls it. */
    String realm(RequestHead head);

    /** The answer to an unknown client. For a path that does not exist, it is the answer that all clients get. */
    default Refusal refusal(RequestHead head, Refusal unknown) {
        return serves(head.method(), head.path()) ? unknown : missing(head);
    }

    /** The answer for a path that does not exist. */
    default Refusal missing(RequestHead head) {
        return head.method().equals("GET") ? Refusal.missing(head.path()) : Refusal.forbidden();
    }

    /**
     * Reads the request's body and writes the answer, on a thread that may wait. A path that it does not serve is answered
     * with 404 or 403, and a task that the request names ends.
     *
     * @param head of a caller that is known
     * @param body ends with the request's content-length, or with the connection if it has none
     */
    void serve(RequestHead head, InputStream body, Answer answer) throws IOException;

    /** The answer to one request; the connection is closed behind it. */
    interface Answer {
        /** Sends 200 with these headers, at once: some clients wait for it before they send a body. */
        OutputStream ok(Map<String, String> headers) throws IOException;

        /** Whether the answer's head has gone. */
        boolean begun();

        /** Whether the client has gone, as far as can be seen without reading what it sends. */
        boolean clientGone();

        /** Sends an error instead. */
        void refuse(Refusal refusal) throws IOException;
    }
}
