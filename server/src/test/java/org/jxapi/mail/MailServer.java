package org.jxapi.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A mail server that keeps all lines that it gets, and refuses recipients whose address begins with {@code refused}. */
final class MailServer implements AutoCloseable {
    private final ServerSocket socket;
    private final List<String> mails = new CopyOnWriteArrayList<>();

    MailServer() throws IOException {
        socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread thread = new Thread(this::serve, "mail server");
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "127.0.0.1:" + socket.getLocalPort();
    }

    /** All lines of each mail that it has taken, its commands too. */
    List<String> mails() {
        return mails;
    }

    private void serve() {
        while (!socket.isClosed()) {
            try (Socket client = socket.accept()) {
                talk(client);
            } catch (IOException e) {
                // The next client comes, or the server ends.
            }
        }
    }

    private void talk(Socket client) throws IOException {
        BufferedReader in =
                new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = client.getOutputStream();
        answer(out, "220-a server\r\n220 ready");
        StringBuilder mail = new StringBuilder();
        boolean data = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            mail.append(line).append('\n');
            if (data && line.equals(".")) {
                data = false;
                mails.add(mail.toString());
                answer(out, "250 taken");
            } else if (line.equals("DATA")) {
                data = true;
                answer(out, "354 go on");
            } else if (!data) {
                answer(out, line.contains("<refused") ? "550 no such user" : "250 fine");
            }
        }
    }

    private static void answer(OutputStream out, String text) throws IOException {
        out.write((text + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
