package org.jxapi.testbed;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A guest's text console, as jxapid hands it out; connects again when the guest gets another domain. */
final class GuestConsole implements AutoCloseable {
    /** How long the init of a guest may take for an answer, in seconds. */
    private static final int ANSWER = 90;

    private final XenApi api;
    private final String vm;
    private final Thread reader = new Thread(this::follow, "console");
    private final StringBuilder text = new StringBuilder();
    private volatile Socket socket;
    private volatile boolean closed;

    GuestConsole(XenApi api, String vm) {
        this.api = api;
        this.vm = vm;
        reader.setDaemon(true);
        reader.start();
    }

    /** Where the text ends now: to wait for what comes after. */
    int mark() {
        synchronized (text) {
            return text.length();
        }
    }

    /** Waits for a match after the mark; answers it. */
    Matcher await(int mark, String regex, int seconds) throws InterruptedException {
        Pattern pattern = Pattern.compile(regex);
        Matcher[] found = new Matcher[1];
        try {
            Checks.await("", seconds, () -> {
                synchronized (text) {
                    Matcher matcher = pattern.matcher(text.substring(mark));
                    found[0] = matcher;
                    return matcher.find();
                }
            });
        } catch (AssertionError e) {
            String seen;
            synchronized (text) {
                seen = text.substring(Math.max(0, text.length() - 1500)).strip();
            }
            throw new AssertionError("the console did not say /" + regex + "/ in " + seconds + " s; it ends: "
                    + seen.replaceAll("\\s*\\r?\\n", " | "));
        }
        return found[0];
    }

    /** Whether there is a connection now. */
    boolean connected() {
        return socket != null;
    }

    /** Types a line. */
    void type(String line) throws IOException, InterruptedException {
        Checks.await("a console to type on", 30, () -> socket != null);
        OutputStream out = socket.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    /** Types a line, and waits for the answer of the guest's init after it. */
    void ask(String line, String answer) throws IOException, InterruptedException {
        ask(line, answer, ANSWER);
    }

    void ask(String line, String answer, int seconds) throws IOException, InterruptedException {
        int mark = mark();
        type(line);
        await(mark, "guest: " + answer, seconds);
    }

    private void follow() {
        while (!closed) {
            try (Socket connection = open(api, vm, "vt100")) {
                socket = connection;
                InputStream in = connection.getInputStream();
                byte[] block = new byte[4096];
                for (int n = in.read(block); n > 0; n = in.read(block)) {
                    synchronized (text) {
                        text.append(new String(block, 0, n, StandardCharsets.ISO_8859_1));
                    }
                }
            } catch (IOException | RuntimeException e) {
                // No console now: the VM is halted, or jxapid is away.
            }
            socket = null;
            try {
                Thread.sleep(300);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Connects to a VM's console of a protocol, vt100 or rfb. */
    static Socket open(XenApi api, String vm, String protocol) throws IOException {
        for (String ref : api.refs("VM.get_consoles", vm)) {
            JsonNode console = api.call("console.get_record", ref);
            if (console.path("protocol").asText().equals(protocol)) {
                return connect(api.host(), URI.create(console.path("location").asText()), api.session());
            }
        }
        throw new IOException("the VM has no console of protocol " + protocol);
    }

    /** Whether a VM's screen answers with the greeting of RFB. */
    static boolean screenGreets(XenApi api, String vm) {
        try (Socket screen = open(api, vm, "rfb")) {
            screen.setSoTimeout(10_000);
            String greeting = new String(screen.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
            return greeting.matches("RFB 003\\.00\\d\n");
        } catch (IOException e) {
            return false;
        }
    }

    private static Socket connect(String host, URI location, String session) throws IOException {
        Socket socket = new Socket(host, Jxapid.PORT);
        socket.setSoTimeout(60_000);
        String request = "CONNECT " + location.getRawPath() + "?" + location.getRawQuery() + " HTTP/1.0\r\nCookie: session_id="
                + session + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0 || head.size() > 4096) {
                socket.close();
                throw new IOException("no console: " + head);
            }
            head.write(next);
        }
        if (!head.toString(StandardCharsets.US_ASCII).contains(" 200 ")) {
            socket.close();
            throw new IOException("no console: " + head);
        }
        socket.setSoTimeout(0);
        return socket;
    }

    @Override
    public void close() throws IOException {
        closed = true;
        reader.interrupt();
        Socket connection = socket;
        if (connection != null) {
            connection.close();
        }
    }
}
