package org.jxapi.http;

import java.io.IOException;
import java.net.Socket;
import java.net.StandardSocketOptions;
import jdk.net.ExtendedSocketOptions;

/** Has the system ask a silent client whether it is still there, so that one that vanished does not hold a connection. */
public final class KeepAlive {
    /** After how many silent seconds the system asks. */
    private static final int ASK_AFTER = 60;
    /** How often it asks, in seconds, and how many times before it gives up. */
    private static final int ASK_EVERY = 15;

    private static final int ASK_TIMES = 4;

    private KeepAlive() {}

    /** Asks the client of that connection. */
    public static void ask(Socket socket) {
        try {
            socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, ASK_AFTER);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, ASK_EVERY);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, ASK_TIMES);
        } catch (IOException | UnsupportedOperationException e) {
            // The client has gone already, or the system asks at its own pace.
        }
    }
}
