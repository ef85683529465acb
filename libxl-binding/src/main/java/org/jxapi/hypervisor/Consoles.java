package org.jxapi.hypervisor;

import java.util.Optional;

/** Consoles of domains. */
public interface Consoles {
    /**
     * Returns the path of a console's terminal.
     *
     * @param number 0 is the first console of that type
     */
    String tty(int domid, int number, ConsoleType type);

    /** Returns the path of the terminal that a person would want: PV console, or serial port of an HVM domain. */
    String primaryTty(int domid);

    /** Returns where the domain's VNC server listens, if it has one. */
    Optional<VncAddress> vnc(int domid);
}
