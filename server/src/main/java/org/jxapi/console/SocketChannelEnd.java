package org.jxapi.console;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** A console behind a socket: a VNC server, or the simulator's terminal. */
final class SocketChannelEnd implements Channel {
    private final SocketChannel socket;

    SocketChannelEnd(SocketAddress address) throws IOException {
        boolean unix = address instanceof UnixDomainSocketAddress;
        this.socket = unix ? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
        try {
            socket.connect(address);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public int read(byte[] buffer) throws IOException {
        return socket.read(ByteBuffer.wrap(buffer));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes, offset, length);
        while (left.hasRemaining()) {
            socket.write(left);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
