package org.jxapi.member;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jxapi.raft.MemberSettings;
import org.jxapi.store.FolderTree;
import org.jxapi.store.SafeFile;
import org.jxapi.store.StoreSettings;

/**
 * The place of a folder in a group that shares a database: its file {@code group.json}.
 *
 * @param group the UUID of the group
 * @param id that of the folder in the group; a folder that begins again has another one
 * @param port on which it listens
 */
record GroupPlace(String group, String id, int port) {
    private static final String LOG = "raft";
    /** The name of a snapshot: those that are being received, and their sums, have more. */
    private static final Pattern STATE = Pattern.compile("snapshot\\.\\d+_\\d+");

    private static Path file(Path folder) {
        return folder.resolve("group.json");
    }

    /** The place that a folder has; IOException with one line when its file cannot be read. */
    static Optional<GroupPlace> of(Path folder) throws IOException {
        return PlaceFile.read(file(folder), GroupPlace.class, "file of the shared database");
    }

    /** Gives a folder this place; on disk when this returns. */
    void write(Path folder) throws IOException {
        PlaceFile.write(file(folder), this);
    }

    /** Leaves the folder without a place, and without the log. Its database stays. */
    static void end(Path folder) throws IOException {
        if (Files.deleteIfExists(file(folder))) {
            SafeFile.sync(folder);
        }
        FolderTree.delete(folder.resolve(LOG));
    }

    /**
     * Whether the folder has a whole state. The log alone is none: a copy that has just begun has the newest entries before
     * the state that they change.
     */
    boolean hasState(Path folder) throws IOException {
        Path states = folder.resolve(LOG).resolve(group).resolve("sm");
        if (!Files.isDirectory(states)) {
            return false;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(states, "snapshot.*")) {
            for (Path file : found) {
                if (STATE.matcher(file.getFileName().toString()).matches()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** A new id for a folder of that owner. */
    static String newId(String owner) {
        return owner + "." + UUID.randomUUID().toString().substring(0, 8);
    }

    /** A port of an address that is free now. */
    static int freePort(InetAddress address) throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, address)) {
            return probe.getLocalPort();
        }
    }

    /** The settings of a folder to which no other host connects. */
    MemberSettings unreachable(StoreSettings store) throws IOException {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        return MemberSettings.of(
                UUID.fromString(group), id, loopback.getHostAddress(), freePort(loopback), store, null);
    }
}
