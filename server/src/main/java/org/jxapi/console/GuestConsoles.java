package org.jxapi.console;

import java.io.IOException;

/** The consoles of a host's guests, and as domain 0 its own. Either end of a channel that is closed ends the other. */
public interface GuestConsoles {
    /**
     * Joins the terminal of a domain, which all who look at it share. That of a real control domain is a session of its own
     * for each of them.
     *
     * @throws IOException with a sentence when it cannot be opened; also HypervisorException, NOT_READY for one that is
     *     not there yet or any more
     */
    Channel terminal(int domid) throws IOException;

    /** Connects to the VNC server of a domain; fails as {@link #terminal}. */
    Channel screen(int domid) throws IOException;
}
