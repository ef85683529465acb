package org.jxapi.http;

import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.jxapi.certificate.Thumbprints;

/** Where a member of a pool passes its clients on to. Its methods do not wait. */
public interface Upstream {
    /** Shows this host's certificate, and trusts the coordinator's, whatever its name. Asked once. */
    SSLContext tls();

    /** The coordinator now. */
    Coordinator coordinator();

    /** Those of the certificate that the coordinator shows to clients; null while it has not said them. */
    @Nullable
    Thumbprints thumbprints();

    /** Has that called when another host is the coordinator, or is reached elsewhere. */
    void onMove(Runnable moved);

    /**
     * Whether this host answers all calls and command lines of a client itself, with the address of the coordinator.
     *
     * @param unixSocket whether the client is on the unix socket
     */
    boolean sendsAway(boolean unixSocket);

    /** Whether this host answers a call of any client itself. */
    boolean answersHere(String call);

    /** Whether this host runs a command line of any client itself; the arguments are one a line. */
    boolean runsHere(byte[] commandLine);

    /**
     * A coordinator.
     *
     * @param address its name or address
     * @param port of its XenAPI, with TLS
     * @param member this host
     */
    record Coordinator(String address, int port, Member member) {}

    /**
     * A member, as it names itself to the coordinator.
     *
     * @param host its reference in the pool
     * @param secret what only it and the coordinator know
     */
    record Member(String host, String secret) {
        /** Without the secret, for logs. */
        @Override
        public String toString() {
            return host;
        }
    }
}
