package org.jxapi.xe;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The way to the server: its unix socket on this host, else TLS or, if asked for, plain TCP. */
final class Connection implements Closeable {
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

    static Connection open(Options options) throws IOException {
        if (options.local() && options.port == 0) {
            String given = System.getenv("JXAPI_SOCKET");
            Path path = Path.of(given == null || given.isEmpty() ? "/var/lib/xcp/xapi" : given);
            if (Files.exists(path)) {
                SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
                return new Connection(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
            }
            return plain("127.0.0.1", HTTP);
        }
        String host = options.server.replaceAll("^\\[(.*)]$", "$1");
        if (!options.tls) {
            return plain(host, options.port == 0 ? HTTP : options.port);
        }
        return of(anyCertificate().getSocketFactory().createSocket(host, options.port == 0 ? HTTPS : options.port));
    }

    private static Connection plain(String host, int port) throws IOException {
        return of(new Socket(host, port));
    }

    private static Connection of(Socket socket) throws IOException {
        return new Connection(socket.getInputStream(), socket.getOutputStream(), socket);
    }

    /** Hosts have self-signed certificates; XAPI's own client does not check them either. */
    private static SSLContext anyCertificate() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new AnyCertificate()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("no TLS: " + e.getMessage(), e);
        }
    }

    /** Takes every certificate. */
    private static final class AnyCertificate implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
