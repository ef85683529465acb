package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The sockets of a QEMU that has just been started. Each is there a moment before it can be connected to. */
public final class Listening {
    private static final long SECONDS = 60;

    private Listening() {}

    /**
     * Waits until they can be connected to.
     *
     * @param log what QEMU has said, for the failure
     */
    public static void await(Process qemu, Path log, Path... sockets) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        for (Path socket : sockets) {
            while (!listens(socket)) {
                assertThat(qemu.isAlive() && System.nanoTime() < deadline)
                        .as(Files.readString(log))
                        .isTrue();
                Thread.onSpinWait();
            }
        }
    }

    private static boolean listens(Path socket) {
        try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return connection.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
