package org.jxapi.console;

import java.io.IOException;
import java.net.InetSocketAddress;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.VncAddress;

/** The consoles of guests of the machine that this daemon runs on. */
public final class LocalConsoles implements GuestConsoles {
    private final Hypervisor hypervisor;
    private final Terminals terminals = new Terminals();

    public LocalConsoles(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public Channel terminal(int domid) throws IOException {
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
