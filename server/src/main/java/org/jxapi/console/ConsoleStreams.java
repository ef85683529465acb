package org.jxapi.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The consoles of a host as calls that last as long as a console is open, so that an agent can serve them. The first
 * byte that the host writes is a zero, which reports that the console is open. Failures are those of
 * {@link GuestConsoles}.
 */
public interface ConsoleStreams {
    /**
     * Passes the bytes of a terminal both ways until either end is done.
     *
     * @param in what is typed
     * @param out what the guest writes
     */
    void terminal(int domid, InputStream in, OutputStream out) throws IOException;

    /** Passes the bytes of a VNC server, as {@link #terminal}. */
    void screen(int domid, InputStream in, OutputStream out) throws IOException;
}
