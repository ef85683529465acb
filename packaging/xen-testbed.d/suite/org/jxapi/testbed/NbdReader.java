package org.jxapi.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A disk over NBD with TLS, as a record of {@code VDI.get_nbd_info} describes it. */
final class NbdReader implements AutoCloseable {
    private static final long OPTION = 0x49484156454F5054L;
    private static final int REQUEST = 0x25609513;
    private static final int REPLY = 0x67446698;
    private static final int START_TLS = 5;
    private static final int GO = 7;
    private static final int ACK = 1;
    private static final int TIMEOUT_MILLIS = 120_000;

    private final Socket socket;
    private DataInputStream in;
    private DataOutputStream out;

    NbdReader(JsonNode info) throws IOException, GeneralSecurityException {
        Socket plain = new Socket(info.path("address").asText(), info.path("port").asInt());
        plain.setSoTimeout(TIMEOUT_MILLIS);
        use(plain);
        in.readLong();
        Checks.expectEqual(OPTION, in.readLong(), "NBD greeting");
        in.readShort();
        // Fixed newstyle, no zeroes.
        out.writeInt(3);
        option(START_TLS, new byte[0]);
        SSLSocket tls = (SSLSocket) trusting(info.path("cert").asText())
                .getSocketFactory()
                .createSocket(plain, info.path("subject").asText(), plain.getPort(), true);
        tls.startHandshake();
        use(tls);
        socket = tls;
        byte[] name = info.path("exportname").asText().getBytes(StandardCharsets.UTF_8);
        option(GO, ByteBuffer.allocate(name.length + 6).putInt(name.length).put(name).putShort((short) 0).array());
    }

    private void use(Socket next) throws IOException {
        in = new DataInputStream(next.getInputStream());
        out = new DataOutputStream(next.getOutputStream());
    }

    private static SSLContext trusting(String certificate) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        keys.load(null, null);
        keys.setCertificateEntry("server", CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Sends an option, and reads its replies to the last one. */
    private void option(int option, byte[] data) throws IOException {
        out.write(ByteBuffer.allocate(16 + data.length).putLong(OPTION).putInt(option).putInt(data.length).put(data).array());
        int type;
        do {
            in.readLong();
            in.readInt();
            type = in.readInt();
            byte[] text = in.readNBytes(in.readInt());
            Checks.expect(type >= 0, "NBD refused option " + option + ": " + new String(text, StandardCharsets.UTF_8));
        } while (type != ACK);
    }

    byte[] read(long offset, int length) throws IOException {
        out.write(ByteBuffer.allocate(28).putInt(REQUEST).putShort((short) 0).putShort((short) 0).putLong(offset)
                .putLong(offset).putInt(length).array());
        Checks.expectEqual(REPLY, in.readInt(), "NBD reply");
        Checks.expectEqual(0, in.readInt(), "NBD error");
        in.readLong();
        return in.readNBytes(length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
