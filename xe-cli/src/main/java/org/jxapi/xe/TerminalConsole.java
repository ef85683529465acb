package org.jxapi.xe;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Connects the terminal to a guest's console until the user presses Ctrl-] or either side ends. */
final class TerminalConsole {
    private static final int ESCAPE = 0x1d;
    private static final int BLOCK = 4096;
    private static final long HEARTBEAT_MILLIS = 300_000;

    private TerminalConsole() {}

    static void connect(FileTransfers transfers, ThinWire wire, String url) throws IOException {
        FileTransfers.Target target = FileTransfers.Target.of(url);
        try (Connection connection = transfers.connect(target)) {
            FileTransfers.Answer answer =
                    FileTransfers.ask(connection, "CONNECT " + target.path() + " HTTP/1.0\r\ncontent-length: 0");
            if (answer.status() != 200) {
                System.err.println(
                        answer.status() == 404
                                ? "Server replied with HTTP 404: the console is not available"
                                : "Server said: " + answer.line());
                wire.respond(ThinWire.FAILED);
                return;
            }
            String terminal = Terminal.stty("-g");
            Terminal.stty("raw -echo");
            try {
                copy(connection, wire);
            } finally {
                if (terminal != null) {
                    Terminal.stty(terminal);
                    System.out.println("\r");
                }
            }
            wire.respond(ThinWire.OK);
        } catch (ClientException e) {
            System.err.println(e.getMessage());
            wire.respond(ThinWire.FAILED);
        }
    }

    /** Copies both ways until the guest's side ends or the keyboard's thread closes the connection. */
    private static void copy(Connection connection, ThinWire wire) throws IOException {
        Thread keyboard = new Thread(() -> type(connection), "keyboard");
        keyboard.setDaemon(true);
        keyboard.start();
        Thread heartbeat = new Thread(() -> beat(wire), "heartbeat");
        heartbeat.setDaemon(true);
        heartbeat.start();
        byte[] block = new byte[BLOCK];
        try {
            for (int n = connection.in.read(block); n >= 0; n = connection.in.read(block)) {
                System.out.write(block, 0, n);
                System.out.flush();
            }
        } catch (IOException e) {
            // the keyboard's thread has closed the connection, or the guest is gone
        }
        heartbeat.interrupt();
    }

    private static void type(Connection connection) {
        InputStream in = System.in;
        OutputStream out = connection.out;
        try (connection) {
            for (int b = in.read(); b >= 0 && b != ESCAPE; b = in.read()) {
                out.write(b);
                if (in.available() == 0) {
                    out.flush();
                }
            }
        } catch (IOException e) {
            // the other thread gets the error too
        }
    }

    private static void beat(ThinWire wire) {
        try {
            while (true) {
                Thread.sleep(HEARTBEAT_MILLIS);
                wire.respond(ThinWire.WAIT);
            }
        } catch (InterruptedException | IOException e) {
            Thread.currentThread().interrupt();
        }
    }
}
