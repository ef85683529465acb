package org.jxapi.member;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jxapi.certificate.Identity;
import org.jxapi.certificate.MutualTls;
import org.jxapi.xenapi.Errors;

/** Connections of a member to the coordinator, which shows the certificate that the member got when it joined. */
final class CoordinatorSocket {
    private static final JsonMapper JSON = new JsonMapper();
    /** By this name a host of the pool asks for the certificate that is for the pool; XAPI's too. */
    private static final String NAME = "pool";

    private static final int CONNECT_MS = 10_000;
    private static final int ANSWER_MS = 30_000;

    private final Identity own;

    CoordinatorSocket(Identity own) {
        this.own = own;
    }

    /** CANNOT_CONTACT_HOST if the coordinator cannot be reached, or is another one. */
    SSLSocket open(Membership membership) {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(membership.coordinator(), membership.port()), CONNECT_MS);
            SSLSocket secure = (SSLSocket) MutualTls.context(own, membership.trusted())
                    .getSocketFactory()
                    .createSocket(socket, membership.coordinator(), membership.port(), true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setServerNames(List.of(new SNIHostName(NAME)));
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

    /** A session at the coordinator, as the superuser of this member. */
    String login(Membership membership) {
        return call(membership, "session.slave_login", membership.host(), membership.secret())
                .asText();
    }

    /** Calls a message. */
    JsonNode call(Membership membership, String method, String... params) {
        try (SSLSocket socket = open(membership)) {
            byte[] body = RpcCall.of(method, params).getBytes(StandardCharsets.UTF_8);
            send(socket.getOutputStream(), "/jsonrpc", body);
            byte[] answer = socket.getInputStream().readAllBytes();
            String text = new String(answer, StandardCharsets.UTF_8);
            int end = text.indexOf("\r\n\r\n");
            return RpcCall.result(JSON.readTree(end < 0 ? "" : text.substring(end + 4)));
        } catch (IOException e) {
            throw Errors.cannotContactHost(membership.coordinator()).causedBy(e);
        }
    }

    /** Sends a request whose answer ends with the connection. */
    static void send(OutputStream out, String path, byte[] body) throws IOException {
        String head = "POST " + path + " HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: " + body.length
                + "\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }
}
