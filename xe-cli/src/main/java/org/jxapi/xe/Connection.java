package org.jxapi.xe;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;

/** A connection to the server: over its unix socket on this host, over TLS, or over plain TCP with --nossl. */
final class Connection implements Closeable {
    private static final String SOCKET = "/var/lib/xcp/xapi";
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    final InputStream in;
    final OutputStream out;
    private final Closeable socket;

    private Connection(InputStream in, OutputStream out, Closeable socket) {
        this.in = new BufferedInputStream(in);
        this.out = new BufferedOutputStream(out);
        this.socket = socket;
    }

    /** Connects to the server of the options. */
    static Connection open(Options options, Debug debug) throws IOException {
        return open(options.server, options, debug);
    }

    /** Connects to another server with the port and security of the options. */
    static Connection open(String server, Options options, Debug debug) throws IOException {
        if (server.equals(Options.LOCAL)) {
            return local(options, debug);
        }
        int port = options.port != 0 ? options.port : options.tls ? HTTPS : HTTP;
        debug.say("Connecting via " + (options.tls ? "TLS" : "TCP") + " to [" + server + "] port [" + port + "]");
        String host =
                server.startsWith("[") && server.endsWith("]") ? server.substring(1, server.length() - 1) : server;
        try {
            return of(options.tls ? Tls.connect(host, port) : new Socket(host, port));
        } catch (UnknownHostException e) {
            throw new ClientException("Host '" + server + "' not found.");
        } catch (IOException e) {
            throw new ClientException("No answer from " + server + " port " + port + " (" + e.getMessage()
                    + "). Check the options -s and -p, and that the daemon runs.");
        }
    }

    /** Connects to the socket that JXAPI_SOCKET names, or else to the usual one, or else over TCP. */
    private static Connection local(Options options, Debug debug) throws IOException {
        String given = System.getenv("JXAPI_SOCKET");
        boolean named = given != null && !given.isEmpty();
        String path = named ? given : SOCKET;
        SocketState state;
        debug.say("Connecting to Unix socket [" + path + "]");
        try {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
            return new Connection(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
        } catch (IOException e) {
            debug.say(" failed: " + e.getMessage());
            state = SocketState.of(path);
            // Without access to the socket and without a user name, TCP would refuse the client too.
            if (named || state == SocketState.FORBIDDEN && !options.credentials) {
                throw new ClientException(state.explain(path));
            }
        }
        int port = options.port != 0 ? options.port : HTTP;
        debug.say("Connecting via TCP to [" + Options.LOCAL + "] port [" + port + "]");
        try {
            return of(new Socket(Options.LOCAL, port));
        } catch (IOException e) {
            throw new ClientException(state.explain(path) + " No daemon answers on port " + port + " either.");
        }
    }

    /**
     * Waits for an answer without a time limit, since commands take as long as their work. Keep-alive probes notice a lost
     * host within two minutes.
     */
    private static Connection of(Socket socket) throws IOException {
        socket.setKeepAlive(true);
        if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
            socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 60);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 15);
            socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 4);
        }
        return new Connection(socket.getInputStream(), socket.getOutputStream(), socket);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
