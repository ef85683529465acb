package org.jxapi.nbd;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSocket;
import org.jxapi.http.KeepAlive;
import org.jxapi.http.TlsContext;

/** The connection of one client, of one thread. Another thread may close it, and its watch does when the client is late. */
final class Connection implements AutoCloseable {
    private static final int BUFFER = 64 * 1024;
    private static final Duration GOODBYE = Duration.ofSeconds(5);

    private final Socket socket;
    private final Deadline deadline = new Deadline();
    private Socket spoken;
    private DataInputStream in;
    private DataOutputStream out;

    Connection(Socket socket) throws IOException {
        this.socket = socket;
        this.spoken = socket;
        socket.setTcpNoDelay(true);
        KeepAlive.ask(socket);
        // Nothing is read ahead: after STARTTLS the bytes belong to TLS.
        this.in = new DataInputStream(socket.getInputStream());
        this.out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), BUFFER));
    }

    /** The address of the client, without its port. */
    String peer() {
        return socket.getInetAddress().getHostAddress();
    }

    /** The address of the host that the client has connected to. */
    InetAddress local() {
        return socket.getLocalAddress();
    }

    Deadline deadline() {
        return deadline;
    }

    DataInputStream in() {
        return in;
    }

    DataOutputStream out() {
        return out;
    }

    /** Speaks TLS from here on. */
    void secure(TlsContext tls) throws IOException {
        SSLSocket secured = tls.over(socket);
        secured.startHandshake();
        spoken = secured;
        in = new DataInputStream(secured.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(secured.getOutputStream(), BUFFER));
    }

    /**
     * Ends it after the client's last word, and waits a moment until the client has closed it too. Java's own way to close
     * TLS first sends an alert that GnuTLS takes for an error.
     */
    void end() {
        deadline.within(GOODBYE);
        try {
            spoken.shutdownOutput();
            byte[] rest = new byte[1024];
            while (in.read(rest) >= 0) {
                // Nothing that comes now matters.
            }
        } catch (IOException e) {
            // The client has gone first.
        }
        close();
    }

    boolean closed() {
        return socket.isClosed();
    }

    /** Closes it at once, and never waits for the client. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }
}
