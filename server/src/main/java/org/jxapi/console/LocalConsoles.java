package org.jxapi.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.VncAddress;

/** The consoles of guests of the machine that this daemon runs on. */
public final class LocalConsoles implements GuestConsoles {
    private static final int CONTROL_DOMAIN = 0;

    private final Hypervisor hypervisor;
    private final @Nullable HostTerminal own;
    private final Terminals terminals = new Terminals();

    /** @param own the terminal of the control domain; null where it has none */
    public LocalConsoles(Hypervisor hypervisor, @Nullable HostTerminal own) {
        this.hypervisor = hypervisor;
        this.own = own;
    }

    @Override
    public Channel terminal(int domid) throws IOException {
        if (domid == CONTROL_DOMAIN) {
            if (own == null) {
                throw new HypervisorException(LibxlError.NOT_READY, "this host offers no console of its own");
            }
            return own.open();
        }
        return terminals.join(hypervisor.consoles().primaryTty(domid));
    }

    @Override
    public Channel screen(int domid) throws IOException {
        VncAddress vnc = hypervisor
                .consoles()
                .vnc(domid)
                .orElseThrow(() -> new HypervisorException(LibxlError.NOT_READY, "the domain has no screen"));
        boolean any = vnc.host().isEmpty()
                || vnc.host().equals("0.0.0.0")
                || vnc.host().equals("::");
        return new SocketChannelEnd(new InetSocketAddress(any ? "127.0.0.1" : vnc.host(), vnc.port()));
    }
}
