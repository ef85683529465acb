package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client of NBD that says exactly what a test wants it to say. */
final class NbdClient implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket tcp;
    private Socket spoken;
    DataInputStream in;
    DataOutputStream out;

    /** A part of the answer to an option. */
    record Reply(int option, int type, byte[] data) {
        String text() {
            return new String(data, StandardCharsets.UTF_8);
        }

        boolean failed() {
            return type < 0;
        }
    }

    /** Part of the reply to a request: {@code type} is that of a chunk, or -1 for a simple reply. */
    record Chunk(int flags, int type, long cookie, byte[] data) {
        int error() {
            return ByteBuffer.wrap(data).getInt();
        }
    }

    private NbdClient(int port) throws IOException {
        tcp = new Socket(InetAddress.getLoopbackAddress(), port);
        tcp.setSoTimeout(PATIENCE_MILLIS);
        tcp.setTcpNoDelay(true);
        speak(tcp);
    }

    private void speak(Socket socket) throws IOException {
        spoken = socket;
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
    }

    /** A connection on which nothing has been said. */
    static NbdClient silent(int port) throws IOException {
        return new NbdClient(port);
    }

    /** A connection after the greetings. */
    static NbdClient greeted(int port, int flags) throws IOException {
        NbdClient client = new NbdClient(port);
        assertThat(client.in.readLong()).isEqualTo(Wire.GREETING);
        assertThat(client.in.readLong()).isEqualTo(Wire.OPTION);
        assertThat(client.in.readShort()).isEqualTo((short) (Wire.FIXED_NEWSTYLE | Wire.NO_ZEROES));
        client.out.writeInt(flags);
        return client;
    }

    /** A connection that has begun TLS, and accepts that certificate for that name only. */
    static NbdClient secured(int port, String certificate, String subject) throws Exception {
        NbdClient client = greeted(port, Wire.FIXED_NEWSTYLE | Wire.NO_ZEROES);
        assertThat(client.option(Wire.OPT_STARTTLS)).extracting(Reply::type).containsExactly(Wire.REP_ACK);
        client.startTls(certificate, subject);
        return client;
    }

    void startTls(String certificate, String subject) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(
                "server",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(certificate.getBytes(StandardCharsets.US_ASCII))));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(tcp, subject, tcp.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        speak(tls);
    }

    /** Sends an option, and reads its replies to the last one. */
    List<Reply> option(int option, byte[]... data) throws IOException {
        send(option, data);
        List<Reply> replies = new ArrayList<>();
        do {
            assertThat(in.readLong()).isEqualTo(Wire.OPTION_REPLY);
            int to = in.readInt();
            int type = in.readInt();
            replies.add(new Reply(to, type, in.readNBytes(in.readInt())));
            assertThat(to).isEqualTo(option);
        } while (replies.get(replies.size() - 1).type() != Wire.REP_ACK
                && !replies.get(replies.size() - 1).failed());
        return replies;
    }

    /** Sends an option alone. */
    void send(int option, byte[]... data) throws IOException {
        int length = 0;
        for (byte[] part : data) {
            length += part.length;
        }
        ByteBuffer message = ByteBuffer.allocate(16 + length);
        message.putLong(Wire.OPTION).putInt(option).putInt(length);
        for (byte[] part : data) {
            message.put(part);
        }
        out.write(message.array());
    }

    /** The only reply to an option. */
    Reply single(int option, byte[]... data) throws IOException {
        List<Reply> replies = option(option, data);
        assertThat(replies).hasSize(1);
        return replies.get(0);
    }

    /** Chooses an export by GO; its size. */
    long go(String name, int... infos) throws IOException {
        List<Reply> replies = option(Wire.OPT_GO, string(name), infos(infos));
        assertThat(replies.get(replies.size() - 1).type())
                .as(replies.get(replies.size() - 1).text())
                .isEqualTo(Wire.REP_ACK);
        ByteBuffer info = ByteBuffer.wrap(replies.get(0).data());
        assertThat(info.getShort()).isEqualTo((short) Wire.INFO_EXPORT);
        return info.getLong();
    }

    /** Takes structured replies, and the holes of an export. */
    NbdClient structured(String name) throws IOException {
        assertThat(single(Wire.OPT_STRUCTURED_REPLY).type()).isEqualTo(Wire.REP_ACK);
        assertThat(option(Wire.OPT_SET_META_CONTEXT, string(name), number(1), string(Wire.ALLOCATION)))
                .hasSize(2);
        return this;
    }

    void request(int flags, int type, long cookie, long offset, long length) throws IOException {
        out.write(ByteBuffer.allocate(28)
                .putInt(Wire.REQUEST)
                .putShort((short) flags)
                .putShort((short) type)
                .putLong(cookie)
                .putLong(offset)
                .putInt((int) length)
                .array());
    }

    /** The error of a simple reply. */
    int error(long cookie) throws IOException {
        assertThat(in.readInt()).isEqualTo(Wire.SIMPLE_REPLY);
        int error = in.readInt();
        assertThat(in.readLong()).isEqualTo(cookie);
        return error;
    }

    /** Reads with a simple reply. */
    byte[] read(long offset, int length) throws IOException {
        request(0, Wire.CMD_READ, offset, offset, length);
        assertThat(error(offset)).isZero();
        return in.readNBytes(length);
    }

    /** The chunks of a structured reply. */
    List<Chunk> chunks(long cookie) throws IOException {
        List<Chunk> chunks = new ArrayList<>();
        do {
            assertThat(in.readInt()).isEqualTo(Wire.STRUCTURED_REPLY);
            int flags = in.readShort();
            int type = in.readUnsignedShort();
            assertThat(in.readLong()).isEqualTo(cookie);
            chunks.add(new Chunk(flags, type, cookie, in.readNBytes(in.readInt())));
        } while (chunks.get(chunks.size() - 1).flags() != Wire.CHUNK_DONE);
        return chunks;
    }

    /** Whether the server has closed the connection, after everything that it has sent is read. */
    boolean ended() {
        try {
            in.readAllBytes();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(4 + bytes.length)
                .putInt(bytes.length)
                .put(bytes)
                .array();
    }

    static byte[] number(int number) {
        return ByteBuffer.allocate(4).putInt(number).array();
    }

    static byte[] infos(int... infos) {
        ByteBuffer buffer = ByteBuffer.allocate(2 + 2 * infos.length).putShort((short) infos.length);
        for (int info : infos) {
            buffer.putShort((short) info);
        }
        return buffer.array();
    }

    @Override
    public void close() throws IOException {
        spoken.close();
        tcp.close();
    }
}
