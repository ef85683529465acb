package org.jxapi.hypervisor.libxl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * A connection to a QEMU process by its machine protocol, QMP: one JSON object a line in each direction. QEMU serves one
 * client at a time on a socket, so a connection is short. For one thread.
 */
final class Qmp implements Closeable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LONGEST_LINE = 16 << 20;

    private final SocketChannel channel;
    private final Selector selector;
    private final ByteBuffer received = ByteBuffer.allocate(64 * 1024).flip();

    private final Duration patience;

    private Qmp(SocketChannel channel, Selector selector, Duration patience) {
        this.channel = channel;
        this.selector = selector;
        this.patience = patience;
    }

    /** Connects and negotiates; an IOException when no QEMU is there, or it serves another client for too long. */
    static Qmp connect(Path socket) throws IOException {
        return connect(socket, PATIENCE);
    }

    /** @param patience how long QEMU may take for each answer */
    static Qmp connect(Path socket, Duration patience) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Selector selector = null;
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            Qmp qmp = new Qmp(channel, selector, patience);
            // QEMU greets once it has ended with any earlier client.
            qmp.receive();
            qmp.run("qmp_capabilities", object());
            return qmp;
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (selector != null) {
                selector.close();
            }
            throw e;
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** Runs a command and returns its answer; a HypervisorException when QEMU refuses. Events are passed over. */
    JsonNode run(String command, ObjectNode arguments) throws IOException {
        ObjectNode request = object().put("execute", command);
        request.set("arguments", arguments);
        send(request);
        while (true) {
            JsonNode answer = receive();
            if (answer.has("return")) {
                return answer.get("return");
            }
            if (answer.has("error")) {
                String why = answer.path("error").path("desc").asText();
                throw new HypervisorException(LibxlError.QMP_GENERIC_ERROR, "QEMU: " + command + ": " + why);
            }
        }
    }

    private void send(ObjectNode request) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((request + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            if (channel.write(bytes) == 0) {
                await(SelectionKey.OP_WRITE);
            }
        }
    }

    private JsonNode receive() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (received.hasRemaining()) {
                byte next = received.get();
                if (next == '\n') {
                    return JSON.readTree(line.toByteArray());
                }
                line.write(next);
            }
            if (line.size() > LONGEST_LINE) {
                throw new IOException("QEMU sent a line of more than " + LONGEST_LINE + " bytes");
            }
            received.clear();
            int count = channel.read(received);
            received.flip();
            if (count < 0) {
                throw new EOFException("QEMU closed the connection");
            }
            if (count == 0) {
                await(SelectionKey.OP_READ);
            }
        }
    }

    private void await(int operation) throws IOException {
        channel.keyFor(selector).interestOps(operation);
        selector.selectedKeys().clear();
        if (selector.select(patience.toMillis()) == 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedIOException("interrupted while QEMU was working");
            }
            throw new SocketTimeoutException("QEMU gave no answer for " + patience.toMillis() + " ms");
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
        channel.close();
    }
}
