package org.jxapi.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The file of a unix socket, which outlives a daemon that was killed. */
final class SocketFile {
    private SocketFile() {}

    /** A path beside that one in a folder that only the daemon's user can enter. */
    static Path hidden(Path path) throws IOException {
        return Files.createTempDirectory(
                        path.getParent(),
                        ".jxapid",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
                .resolve("s");
    }

    /** Shows a socket that is listened on, with its permissions set: there is no moment when others can connect to it. */
    static void publish(Path hidden, Path path) throws IOException {
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
        Files.move(hidden, path, StandardCopyOption.ATOMIC_MOVE);
        Files.delete(hidden.getParent());
    }

    /** Removes a socket that nobody listens on; fails when somebody does, or when the file is something else. */
    static void claim(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        if (!Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                .isOther()) {
            throw new IOException("the file is there and is not a socket");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobody) {
            Files.delete(path);
            return;
        }
        throw new IOException("another program listens there");
    }
}
