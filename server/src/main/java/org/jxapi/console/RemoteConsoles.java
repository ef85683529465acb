package org.jxapi.console;

import java.io.IOException;

/** The consoles of guests of another host, over calls that last as long as a console is open. */
public final class RemoteConsoles implements GuestConsoles {
    private final ConsoleStreams streams;

    public RemoteConsoles(ConsoleStreams streams) {
        this.streams = streams;
    }

    @Override
    public Channel terminal(int domid) throws IOException {
        return RemoteChannel.open((in, out) -> streams.terminal(domid, in, out));
    }

    @Override
    public Channel screen(int domid) throws IOException {
        return RemoteChannel.open((in, out) -> streams.screen(domid, in, out));
    }
}
