package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.image.Image;
import org.jxapi.image.RawImage;
import org.jxapi.storage.OpenDisk;

/** Disks that cannot be read, and clients that do not take their replies or make no requests. */
class TransmissionTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private final List<Socket> sockets = new ArrayList<>();
    private DataInputStream in;
    private DataOutputStream out;

    @AfterEach
    void close() throws Exception {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** The server's end of a connection; this test has the other end. */
    private Connection connect() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Socket client = new Socket(listener.getInetAddress(), listener.getLocalPort());
            client.setSoTimeout(60_000);
            in = new DataInputStream(client.getInputStream());
            out = new DataOutputStream(client.getOutputStream());
            Socket accepted = listener.accept();
            sockets.add(client);
            sockets.add(accepted);
            return new Connection(accepted);
        }
    }

    /** Serves a disk on a thread of its own; the result is the error by which it ended, or null. */
    private static CompletableFuture<IOException> serve(Connection connection, OpenDisk disk, boolean structured) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                new Transmission(connection, disk, structured, structured).serve();
                return null;
            } catch (IOException e) {
                return e;
            } finally {
                connection.close();
            }
        });
    }

    private void read(long offset, int length) throws IOException {
        out.write(ByteBuffer.allocate(28)
                .putInt(Wire.REQUEST)
                .putInt(Wire.CMD_READ)
                .putLong(1)
                .putLong(offset)
                .putInt(length)
                .array());
    }

    /** An image whose data cannot be read from that offset on. */
    private OpenDisk unreadable(long from) throws IOException {
        Path file = folder.resolve("disk.raw");
        Files.write(file, new byte[8 * MIB]);
        RawImage image = RawImage.open(file, 8L * MIB, false);
        return OpenDisk.toRead(
                (Image) Proxy.newProxyInstance(
                        Image.class.getClassLoader(), new Class<?>[] {Image.class}, (proxy, method, args) -> {
                            if (method.getName().equals("read") && (long) args[0] >= from) {
                                throw new IOException("Input/output error");
                            }
                            return method.invoke(image, args);
                        }),
                8L * MIB);
    }

    @Test
    void aDiskThatCannotBeReadFailsTheRequest() throws Exception {
        try (OpenDisk disk = unreadable(0)) {
            Connection connection = connect();
            CompletableFuture<IOException> served = serve(connection, disk, false);
            read(0, 4096);
            assertThat(in.readInt()).isEqualTo(Wire.SIMPLE_REPLY);
            assertThat(in.readInt()).isEqualTo(Wire.EIO);
            in.readLong();
            read(9L * MIB, 1);
            in.readInt();
            assertThat(in.readInt()).as("requests go on").isEqualTo(Wire.EINVAL);
            sockets.get(0).close();
            served.get();
        }
        try (OpenDisk disk = unreadable(0)) {
            Connection connection = connect();
            serve(connection, disk, true);
            read(0, MIB);
            assertThat(in.readInt()).isEqualTo(Wire.STRUCTURED_REPLY);
            assertThat(in.readUnsignedShort()).isEqualTo(Wire.CHUNK_DONE);
            assertThat(in.readUnsignedShort()).isEqualTo(Wire.CHUNK_ERROR);
            assertThat(in.readLong()).isEqualTo(1);
            in.readInt();
            assertThat(in.readInt()).isEqualTo(Wire.EIO);
            assertThat(new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8))
                    .startsWith("VDI_IO_ERROR");
        }
    }

    /** A simple reply has no place for an error behind data, so the client must not take it for complete. */
    @Test
    void aDiskThatFailsInTheMiddleOfASimpleReplyEndsTheConnection() throws Exception {
        try (OpenDisk disk = unreadable(MIB)) {
            CompletableFuture<IOException> served = serve(connect(), disk, false);
            read(0, 2 * MIB);
            assertThat(in.readNBytes(16 + 2 * MIB)).hasSizeLessThanOrEqualTo(16 + MIB);
            assertThat(served.get()).hasMessageContaining("cannot be completed");
        }
    }

    @Test
    void aClientThatDoesNotTakeItsReplyIsLate() throws Exception {
        Path file = folder.resolve("disk.raw");
        Files.write(file, new byte[32 * MIB]);
        try (OpenDisk disk = OpenDisk.toRead(RawImage.open(file, 32L * MIB, false), 32L * MIB)) {
            Connection connection = connect();
            CompletableFuture<IOException> served = serve(connection, disk, false);
            read(0, 32 * MIB);
            Eventually.holds(() -> {
                long now = System.nanoTime();
                assertThat(connection.deadline().missed(now)).isFalse();
                assertThat(connection
                                .deadline()
                                .missed(now + Duration.ofSeconds(61).toNanos()))
                        .isTrue();
            });
            connection.close();
            assertThat(served.get()).isNotNull();
        }
    }

    @Test
    void aClientWithoutARequestIsIdleAndNotLate() throws Exception {
        Path file = folder.resolve("disk.raw");
        Files.write(file, new byte[MIB]);
        try (OpenDisk disk = OpenDisk.toRead(RawImage.open(file, MIB, false), MIB)) {
            Connection connection = connect();
            CompletableFuture<IOException> served = serve(connection, disk, false);
            Eventually.holds(() -> assertThat(connection.deadline().idleNanos(System.nanoTime()))
                    .isPositive());
            assertThat(connection
                            .deadline()
                            .missed(System.nanoTime() + Duration.ofDays(30).toNanos()))
                    .isFalse();
            out.writeByte(Wire.REQUEST >>> 24);
            Eventually.holds(() -> assertThat(connection
                            .deadline()
                            .missed(System.nanoTime() + Duration.ofSeconds(61).toNanos()))
                    .as("the rest of a request must come")
                    .isTrue());
            connection.close();
            assertThat(served.get()).isNotNull();
        }
    }

    /** Readers that have been idle for long give their places to others, and no others do. */
    @Test
    void aReaderThatHasBeenIdleForLongEndsWhenItsPlaceIsNeeded() throws Exception {
        Places places = new Places();
        List<Connection> readers = new ArrayList<>();
        for (int i = 0; i < Places.READERS_OF_ADDRESS; i++) {
            Connection reader = connect();
            assertThat(places.enter(reader)).isTrue();
            assertThat(places.read(reader)).isTrue();
            readers.add(reader);
        }
        Connection next = connect();
        assertThat(places.enter(next)).isTrue();
        readers.forEach(reader -> reader.deadline().idle());
        assertThat(places.read(next)).as("nobody has been idle for long").isFalse();
        long later = System.nanoTime() + Duration.ofMinutes(11).toNanos();
        readers.get(7).deadline().within(Duration.ofSeconds(60));
        assertThat(places.read(next, later)).isTrue();
        assertThat(readers.stream().filter(Connection::closed)).hasSize(1);
        assertThat(readers.get(7).closed()).isFalse();
        assertThat(places.all()).hasSize(Places.READERS_OF_ADDRESS).contains(next);
    }
}
