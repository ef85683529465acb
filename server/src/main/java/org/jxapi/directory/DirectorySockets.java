package org.jxapi.directory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS sockets to the servers of a directory. The handshake checks the server's name, so that nothing is sent to another one.
 * No read lasts longer than a limit: the LDAP library limits the connection and each answer, but a silent server could
 * prolong the handshake between them for ever.
 */
final class DirectorySockets extends SSLSocketFactory {
    private final SSLSocketFactory sockets;
    private final boolean checksNames;
    private final int millis;

    DirectorySockets(DirectoryTrust.Tls tls, int millis) {
        this.sockets = tls.context().getSocketFactory();
        this.checksNames = tls.checksNames();
        this.millis = millis;
    }

    private Socket guarded(Socket created) throws IOException {
        SSLSocket socket = (SSLSocket) created;
        socket.setSoTimeout(millis);
        if (checksNames) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("LDAPS");
            socket.setSSLParameters(parameters);
        }
        return socket;
    }

    @Override
    public Socket createSocket() throws IOException {
        return guarded(sockets.createSocket());
    }

    @Override
    public Socket createSocket(Socket socket, String host, int port, boolean autoClose) throws IOException {
        return guarded(sockets.createSocket(socket, host, port, autoClose));
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return guarded(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return guarded(sockets.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return guarded(sockets.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
            throws IOException {
        return guarded(sockets.createSocket(address, port, localAddress, localPort));
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }
}
