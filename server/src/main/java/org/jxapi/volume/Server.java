package org.jxapi.volume;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;

/** A server of files, by its name or address. */
record Server(String host) {
    private static final int CONNECT_MILLIS = 5000;

    /** Its address; SR_BACKEND_FAILURE_140 when it has none. */
    InetAddress address() {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw SmFailure.UNKNOWN_HOST.error("no address of " + host).causedBy(e);
        }
    }

    boolean isIpv6() {
        return address() instanceof Inet6Address;
    }

    /** Its name in front of a path: in brackets if it is an IPv6 address. */
    String inPath() {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** Fails unless something listens at a TCP port, which takes 5 s at most. */
    void requireListening(int port, SmFailure failure) {
        InetAddress address = address();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
        } catch (IOException e) {
            throw failure.error("nothing answers at " + inPath() + " port " + port)
                    .causedBy(e);
        }
    }
}
