package org.jxapi.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** The thin CLI protocol, spoken to a daemon's unix socket without a process of its own. */
public final class ThinClient {
    private static final String GREETING = "XenSource thin CLI protocol";

    private final Path socket;
    private final String headers;

    public ThinClient(Path socket) {
        this(socket, "");
    }

    private ThinClient(Path socket, String headers) {
        this.socket = socket;
        this.headers = headers;
    }

    /** The same client, with a person who reads its stderr. */
    public ThinClient atTerminal() {
        return new ThinClient(socket, "jxapi-terminal: yes\r\n");
    }

    /** The output of a command, and its exit status. */
    public record Outcome(String out, String err, int status) {
        /** The output of a command that must succeed, without the last newline. */
        public String ok() {
            assertThat(err).isEmpty();
            assertThat(status).isZero();
            return out.endsWith("\n") ? out.substring(0, out.length() - 1) : out;
        }
    }

    public Outcome run(String... args) throws IOException {
        return run(List.of(), Map.of(), args);
    }

    /**
     * Runs a command.
     *
     * @param answers what is typed when the server asks
     * @param files contents of files by name; another is not given
     */
    public Outcome run(List<String> answers, Map<String, String> files, String... args) throws IOException {
        Deque<String> typed = new ArrayDeque<>(answers);
        try (SocketChannel channel = open(args)) {
            OutputStream out = Channels.newOutputStream(channel);
            InputStream in = Channels.newInputStream(channel);
            StringBuilder printed = new StringBuilder();
            StringBuilder errors = new StringBuilder();
            while (true) {
                ByteBuffer message = ByteBuffer.wrap(bytes(in, number(in))).order(ByteOrder.LITTLE_ENDIAN);
                assertThat(message.getInt()).isEqualTo(9);
                int tag = message.getInt();
                switch (tag) {
                    case 0 -> printed.append(text(message)).append('\n');
                    case 16 -> errors.append(text(message));
                    case 14 -> {
                        errors.append("Error code: ").append(text(message)).append('\n');
                        int count = message.getInt();
                        for (int i = 0; i < count; i++) {
                            errors.append(i == 0 ? "Error parameters: " : ", ").append(text(message));
                        }
                        errors.append('\n');
                    }
                    case 3 -> blob(out, typed.isEmpty() ? "no" : typed.remove());
                    case 1 -> {
                        String content = files.get(text(message));
                        send(out, 8, 10, content == null ? 6 : 5);
                        if (content != null) {
                            blob(out, content);
                        }
                    }
                    // Files and consoles that go over HTTP: it does not do that.
                    case 12, 13, 17 -> send(out, 8, 10, 6);
                    case 4 -> {
                        return new Outcome(printed.toString(), errors.toString(), message.getInt());
                    }
                    default -> throw new IOException("command " + tag);
                }
            }
        }
    }

    /** Sends a command line, and does no more. */
    public SocketChannel open(String... args) throws IOException {
        byte[] body = String.join("\n", args).getBytes(StandardCharsets.UTF_8);
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        OutputStream out = Channels.newOutputStream(channel);
        InputStream in = Channels.newInputStream(channel);
        out.write(("POST /cli HTTP/1.0\r\n" + headers + "content-length: " + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        assertThat(new String(bytes(in, GREETING.length()), StandardCharsets.US_ASCII))
                .isEqualTo(GREETING);
        byte[] version = bytes(in, 8);
        new DataOutputStream(out).writeBytes(GREETING);
        out.write(version);
        return channel;
    }

    private static void blob(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        send(out, 12, 11, 7, bytes.length);
        out.write(bytes);
        send(out, 8, 11, 8);
    }

    private static void send(OutputStream out, int... numbers) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : numbers) {
            buffer.putInt(number);
        }
        out.write(buffer.array());
    }

    private static String text(ByteBuffer message) {
        byte[] text = new byte[message.getInt()];
        message.get(text);
        return new String(text, StandardCharsets.UTF_8);
    }

    private static int number(InputStream in) throws IOException {
        return ByteBuffer.wrap(bytes(in, 4)).order(ByteOrder.LITTLE_ENDIAN).getInt();
    }

    private static byte[] bytes(InputStream in, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException();
        }
        return bytes;
    }
}
