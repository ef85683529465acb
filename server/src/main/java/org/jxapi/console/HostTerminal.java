package org.jxapi.console;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.function.Supplier;

/** The text console of a control domain. */
public interface HostTerminal {
    /** Begins a session of its own; IOException with a sentence when it cannot. Closing the channel ends the session. */
    Channel open() throws IOException;

    /** A terminal that is served on a Unix socket. Each session asks the supplier for its path. */
    static HostTerminal at(Supplier<String> socket) {
        return () -> new SocketChannelEnd(UnixDomainSocketAddress.of(socket.get()));
    }
}
