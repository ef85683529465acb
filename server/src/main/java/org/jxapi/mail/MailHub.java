package org.jxapi.mail;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A server that takes mail by SMTP (RFC 5321), without a password and without TLS, as XAPI's own configuration does.
 *
 * @param host its name or address
 */
record MailHub(String host, int port) {
    private static final int SMTP = 25;
    private static final int LAST_PORT = 65_535;
    private static final Duration LIMIT = Duration.ofSeconds(30);
    /** No line of an answer is longer, and no answer has more lines. */
    private static final int MOST = 1000;

    /** One that is written {@code HOST} or {@code HOST:PORT}; an IOException says what is wrong with it. */
    static MailHub of(String text) throws IOException {
        int colon = text.lastIndexOf(':');
        boolean named = colon < 0 || text.endsWith("]") || text.indexOf(':') != colon && !text.startsWith("[");
        String host = named ? text : text.substring(0, colon);
        String port = named ? Integer.toString(SMTP) : text.substring(colon + 1);
        if (host.isEmpty() || !port.matches("\\d{1,5}") || Integer.parseInt(port) > LAST_PORT) {
            throw new IOException("ssmtp-mailhub is no HOST or HOST:PORT: " + text);
        }
        return new MailHub(host, Integer.parseInt(port));
    }

    /**
     * Hands a mail over; an IOException says what the server did not take.
     *
     * @param self the name of this host
     */
    void send(Mail mail, String self) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(LIMIT.toMillis()));
            InputStream in = new BufferedInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            expect(in, '2', "the connection");
            command(in, out, "HELO " + self, '2');
            command(in, out, "MAIL FROM:<" + mail.from() + ">", '2');
            for (String to : mail.to()) {
                command(in, out, "RCPT TO:<" + to + ">", '2');
            }
            command(in, out, "DATA", '3');
            // A line with one dot ends the mail: no line of Base64 or of the header begins with one.
            command(in, out, mail.data() + ".", '2');
            out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
    }

    private static void command(InputStream in, OutputStream out, String line, char answer) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        expect(in, answer, line.substring(0, Math.min(60, line.length())).split("\r", 2)[0]);
    }

    private static void expect(InputStream in, char answer, String to) throws IOException {
        for (int lines = 0; lines < MOST; lines++) {
            String line = line(in, to);
            boolean more = line.length() > 3 && line.charAt(3) == '-';
            if (!more && (line.isEmpty() || line.charAt(0) != answer)) {
                throw new IOException("the mail server answered " + to + " with " + line);
            }
            if (!more) {
                return;
            }
        }
        throw new IOException("the mail server does not end its answer to " + to);
    }

    /** The next line of an answer, without its end. */
    private static String line(InputStream in, String to) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            throw new IOException("the mail server closed the connection after " + to);
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == MOST) {
                throw new IOException("a line of the mail server's answer is longer than " + MOST + " bytes");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }
}
