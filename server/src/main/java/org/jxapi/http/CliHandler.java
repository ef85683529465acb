package org.jxapi.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Serves a command line client, which has sent {@code POST /cli}: from then on the connection is its own. */
public interface CliHandler {
    /** The header of a client whose stderr is a terminal. */
    String TERMINAL = "jxapi-terminal";

    /** The header of a client that takes HOST_IS_SLAVE as an error of the protocol, and goes to the coordinator. */
    String FOLLOWS = "jxapi-follows";

    /**
     * The client, before it has logged in.
     *
     * @param unixSocket whether it is trusted as root
     * @param address for logs
     * @param atTerminal whether a person reads its stderr
     * @param follows whether it goes to the coordinator by itself
     */
    record Peer(boolean unixSocket, String address, boolean atTerminal, boolean follows) {}

    /**
     * Finds out who the client is and what it wants, without waiting for it. Never fails.
     *
     * @param commandLine the request's body: the arguments, one a line
     */
    CompletionStage<Client> open(byte[] commandLine, Peer peer);

    /** A client that is known, or told why not; closing it ends the session that was made for it. */
    interface Client extends AutoCloseable {
        /** All that is said to a client without a session, which gets no thread; null for a client that has one. */
        byte @Nullable [] answer();

        /** Talks with a client that has a session until the command is done. */
        void run(InputStream in, OutputStream out) throws IOException;

        @Override
        void close();
    }
}
