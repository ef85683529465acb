package org.jxapi.http;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file of a unix socket, which outlives a daemon that was killed. A daemon removes the file that it has made itself and
 * no other's.
 */
final class SocketFile implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SocketFile.class);

    /** What Linux takes. */
    private static final int LONGEST = 107;

    private final Path path;
    private final Path hidden;

    /** Which file this has published; null for none. */
    private @Nullable Object published;

    private SocketFile(Path path, Path hidden) {
        this.path = path;
        this.hidden = hidden;
    }

    /**
     * Gets ready to listen there: removes a socket that nobody listens on.
     *
     * @throws IOException when somebody does, when the file is something else, or when the folder cannot be used
     */
    static SocketFile at(Path path) throws IOException {
        checkLength(path);
        Files.createDirectories(path.getParent());
        removeDead(path);
        Path folder = Files.createTempDirectory(
                path.getParent(),
                ".jxapid",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        SocketFile file = new SocketFile(path, folder.resolve("s"));
        try {
            checkLength(file.hidden);
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    Path path() {
        return path;
    }

    private static void checkLength(Path path) throws IOException {
        if (path.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IOException("the path is too long for a socket");
        }
    }

    private static void removeDead(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
        if (!found.isOther()) {
            throw new IOException("the file is there and is not a socket");
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException nobody) {
            removeIfStill(path, found.fileKey());
            return;
        }
        throw new IOException("another program listens there");
    }

    /** Where to listen: a path in a folder that only the daemon's user can enter. */
    Path hidden() {
        return hidden;
    }

    /** Shows the socket, with its permissions set: there is no moment when others can connect to it. */
    void publish() throws IOException {
        Files.setPosixFilePermissions(hidden, PosixFilePermissions.fromString("rw-------"));
        Object mine = key(hidden);
        try {
            // Unlike a rename, a link does not take the place of what another daemon has made meanwhile.
            Files.createLink(path, hidden);
        } catch (FileAlreadyExistsException e) {
            throw new IOException("another program listens there", e);
        }
        published = mine;
        removeHidden();
    }

    private void removeHidden() throws IOException {
        Files.deleteIfExists(hidden);
        Files.deleteIfExists(hidden.getParent());
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private static void removeIfStill(Path path, Object key) throws IOException {
        if (Files.exists(path) && key(path).equals(key)) {
            Files.deleteIfExists(path);
        }
    }

    @Override
    public void close() {
        try {
            removeHidden();
            if (published != null) {
                removeIfStill(path, published);
            }
        } catch (IOException e) {
            LOG.warn("Socket {}: cannot be removed: {}", path, Reason.of(e));
        }
    }
}
