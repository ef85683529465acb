package org.jxapi.member;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.xenapi.Errors;

/** Connections of a member to the coordinator, which shows the certificate that the member got when it joined. */
final class CoordinatorSocket {
    private static final int CONNECT_MS = 10_000;
    private static final int ANSWER_MS = 30_000;

    private final Supplier<Identity> own;

    CoordinatorSocket(Supplier<Identity> own) {
        this.own = own;
    }

    /** CANNOT_CONTACT_HOST if the coordinator cannot be reached, or is another one. */
    SSLSocket open(Membership membership) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(membership.coordinator(), membership.port()), CONNECT_MS);
            List<X509Certificate> trusted = membership.trusted();
            SSLSocket secure = (SSLSocket) MutualTls.context(own, () -> trusted)
                    .getSocketFactory()
                    .createSocket(socket, membership.coordinator(), membership.port(), true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(MutualTls.POOL)));
            secure.setSSLParameters(parameters);
            secure.setSoTimeout(ANSWER_MS);
            secure.startHandshake();
            return secure;
        } catch (IOException | GeneralSecurityException e) {
            try {
                socket.close();
            } catch (IOException ignored) {
                e.addSuppressed(ignored);
            }
            throw Errors.cannotContactHost(membership.coordinator()).causedBy(e);
        }
    }
}
