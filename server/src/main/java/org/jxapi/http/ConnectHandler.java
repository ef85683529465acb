package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Connects clients with consoles. After it has agreed, the connection belongs to the two. */
public interface ConnectHandler {
    /**
     * Answers, and serves the client until either end is done. The caller closes the connection afterwards.
     *
     * @param request of a caller that is known
     */
    void connect(RequestHead request, Answer answer) throws IOException;

    /** The answer to a request, in the form of its protocol: one of the two methods, once. */
    interface Answer {
        /** Agrees. Throws {@link Refusal} when the request is not one for a connection in its protocol. */
        Streams open() throws IOException;

        /** Sends an error instead. */
        void refuse(Refusal refusal) throws IOException;
    }

    /** The bytes of an open connection, in streams that block. */
    interface Streams {
        /** It ends when the client ends the connection. */
        InputStream in();

        /** Closing it ends the connection. */
        OutputStream out();
    }
}
