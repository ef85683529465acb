package org.jxapi.xe;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server that speaks the thin CLI protocol as a test scripts it, and HTTP. */
final class FakeServer implements AutoCloseable {
    private static final byte[] GREETING = "XenSource thin CLI protocol".getBytes(StandardCharsets.US_ASCII);

    /** Its dialogue with a command line client, after the greeting. */
    interface Script {
        void run(FakeServer server, DataInputStream in, OutputStream out) throws IOException;
    }

    private final ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Script script;
    private final String httpAnswer;
    /** The whole request of the last client. */
    volatile String request = "";
    /** The head and the body of the last HTTP request. */
    volatile String http = "";

    FakeServer(String httpAnswer, Script script) throws IOException {
        this.script = script;
        this.httpAnswer = httpAnswer;
        threads.execute(this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            String head = head(in);
            if (head.startsWith("POST /cli ")) {
                int length = Integer.parseInt(head.replaceAll("(?s).*content-length: (\\d+).*", "$1"));
                request = head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
                out.write(GREETING);
                out.write(numbers(0, 2));
                in.readNBytes(GREETING.length + 8);
                script.run(this, in, out);
            } else {
                out.write(httpAnswer.getBytes(StandardCharsets.UTF_8));
                out.flush();
                String length = head.replaceAll("(?s).*Content-length: (\\d+).*", "$1");
                http = head
                        + (length.equals(head)
                                ? ""
                                : new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // the client has gone
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.UTF_8).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                throw new IOException("no request");
            }
            head.write(b);
        }
        return head.toString(StandardCharsets.UTF_8);
    }

    static byte[] numbers(int... numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int number : numbers) {
            buffer.putInt(number);
        }
        return buffer.array();
    }

    /** Sends a command whose arguments are texts. */
    static void command(OutputStream out, int tag, String... texts) throws IOException {
        ByteArrayOutputStream payload = new ByteArrayOutputStream();
        payload.write(numbers(9, tag));
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            payload.write(numbers(bytes.length));
            payload.write(bytes);
        }
        out.write(numbers(payload.size()));
        payload.writeTo(out);
    }

    static void exit(OutputStream out, int status) throws IOException {
        out.write(numbers(12, 9, 4, status));
        out.flush();
    }

    /** Reads the client's answer: 5 for OK, 6 for Failed. */
    static int response(DataInputStream in) throws IOException {
        in.readNBytes(8);
        return Integer.reverseBytes(in.readInt());
    }

    /** Reads a blob of one chunk. */
    static String blob(DataInputStream in) throws IOException {
        in.readNBytes(12);
        String text = new String(in.readNBytes(Integer.reverseBytes(in.readInt())), StandardCharsets.UTF_8);
        in.readNBytes(12);
        return text;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
