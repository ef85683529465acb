package org.jxapi.xe;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The thin client: sends its arguments, then does what the server tells it. */
public final class Xe {
    private static final byte[] PREFIX = "XenSource thin CLI protocol".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_MESSAGE = 64 << 20;
    private static final String USAGE =
            "Usage: xe <command> [-s server] [-p port] ([-u username] [-pw password] or [-pwf <password file>])"
                    + " [--nossl] [--debug] [command's own arguments]\n\n"
                    + "The commands live in the server: xe help";

    private final Connection connection;
    private final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    private final boolean debug;

    private Xe(Connection connection, boolean debug) {
        this.connection = connection;
        this.debug = debug;
    }

    public static void main(String[] args) {
        System.exit(run(List.of(args)));
    }

    private static int run(List<String> args) {
        if (args.isEmpty() || args.equals(List.of("--help"))) {
            System.out.println(USAGE);
            return 0;
        }
        if (args.equals(List.of("-version"))) {
            System.out.println("ThinCLI protocol: 0.2");
            return 0;
        }
        try {
            Options options = Options.read(args);
            try (Connection connection = Connection.open(options)) {
                return new Xe(connection, options.debug).talk(options);
            }
        } catch (EOFException e) {
            System.err.println("Lost connection to the server.");
        } catch (IOException e) {
            System.err.println("xe: " + e.getMessage());
        }
        return 1;
    }

    private int talk(Options options) throws IOException {
        List<String> lines = new java.util.ArrayList<>(options.command);
        lines.add("username=" + options.username);
        lines.add("password=" + options.password);
        byte[] body = String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
        String head = "POST /cli HTTP/1.0\r\nUser-agent: xe-cli/Unix/0.2\r\noriginator: cli\r\ncontent-length: "
                + body.length + "\r\n\r\n";
        connection.out.write(head.getBytes(StandardCharsets.US_ASCII));
        connection.out.write(body);
        connection.out.flush();
        byte[] prefix = bytes(PREFIX.length);
        if (new String(prefix, StandardCharsets.US_ASCII).startsWith("HTTP")) {
            throw new IOException("internal error: the server answers HTTP");
        }
        if (!Arrays.equals(prefix, PREFIX) || number() != 0) {
            throw new IOException("the server does not speak this version of the thin CLI protocol");
        }
        number();
        connection.out.write(PREFIX);
        send(0, 2);
        while (true) {
            ByteBuffer message = message();
            if (message.getInt() != 9) {
                throw new IOException("unexpected message of the server");
            }
            int tag = message.getInt();
            if (tag == 4) {
                out.flush();
                return message.getInt();
            }
            obey(tag, message);
        }
    }

    private void obey(int tag, ByteBuffer message) throws IOException {
        switch (tag) {
            case 0 -> {
                out.println(text(message));
                out.flush();
            }
            case 16 -> System.err.print(text(message));
            case 15 -> {
                String text = text(message);
                if (debug) {
                    System.err.println(text);
                }
            }
            case 3 -> prompt();
            case 14 -> {
                System.err.println("Error code: " + text(message));
                int count = message.getInt();
                StringBuilder params = new StringBuilder();
                for (int i = 0; i < count; i++) {
                    params.append(i == 0 ? "" : ", ").append(text(message));
                }
                System.err.println("Error parameters: " + params);
            }
            // Transfers of files are not done by this client: it says so, and the server stops the command.
            default -> send(8, 10, 6);
        }
    }

    private void prompt() throws IOException {
        String line = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        byte[] bytes = (line == null ? "" : line).getBytes(StandardCharsets.UTF_8);
        send(12, 11, 7, bytes.length);
        connection.out.write(bytes);
        send(8, 11, 8);
    }

    private void send(int... numbers) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : numbers) {
            buffer.putInt(number);
        }
        connection.out.write(buffer.array());
        connection.out.flush();
    }

    private ByteBuffer message() throws IOException {
        int length = number();
        if (length < 8 || length > MAX_MESSAGE) {
            throw new IOException("a message of " + length + " bytes");
        }
        return ByteBuffer.wrap(bytes(length)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private int number() throws IOException {
        return ByteBuffer.wrap(bytes(4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private byte[] bytes(int length) throws IOException {
        byte[] bytes = connection.in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }

    private static String text(ByteBuffer message) throws IOException {
        int length = message.getInt();
        if (length < 0 || length > message.remaining()) {
            throw new IOException("a broken message of the server");
        }
        byte[] bytes = new byte[length];
        message.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
