package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Leads clients to consoles: once it has agreed, the connection belongs to the client and the console. */
public interface ConnectHandler {
    /**
     * Answers, and talks with the client until either is done; the connection is closed afterwards.
     *
     * @param request of a caller that is known
     */
    void connect(RequestHead request, Answer answer) throws IOException;

    /** The answer to a request, in the way of its protocol: one of the two, once. */
    interface Answer {
        /** Agrees. {@link Refusal} when the request does not ask for a connection as its protocol wants it. */
        Streams open() throws IOException;

        /** Sends an error instead. */
        void refuse(Refusal refusal) throws IOException;
    }

    /** The bytes of an open connection, in streams that block. */
    interface Streams {
        /** The end of the stream is the client's. */
        InputStream in();

        /** Closing it ends the connection. */
        OutputStream out();
    }
}
