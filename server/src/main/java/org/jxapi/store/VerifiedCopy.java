package org.jxapi.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;

/** A copy of a database in a zip. All of it is read before anybody relies on it. */
public final class VerifiedCopy {
    private static final String VERIFIED = "jxapi-verify";

    /** Room that a copy leaves on its disk, apart from that for itself. */
    private static final long ROOM = 64L << 20;

    private VerifiedCopy() {}

    /**
     * Writes a copy of a database that is in use.
     *
     * @param zip the new file; its folder is there, and no other copy is made in it at the same time
     * @throws IOException with one line that says why there is no copy
     */
    public static void write(Copyable database, Path zip) throws IOException {
        try {
            make(database, zip);
        } catch (SQLException | DatabaseFile.Unreadable e) {
            throw new IOException("the database cannot be copied: " + Reason.of(e), e);
        }
    }

    /** The same; what the copy holds. */
    static Content make(Copyable database, Path zip) throws IOException, SQLException, DatabaseFile.Unreadable {
        Path folder = folderOf(zip);
        DatabaseFile verified = new DatabaseFile(folder, "file");
        try {
            long size = Files.size(database.file());
            if (folder.toFile().getUsableSpace() < ROOM + 2 * size) {
                throw new IOException("there is too little room");
            }
            Files.deleteIfExists(zip);
            Files.createFile(zip, SafeFile.PRIVATE);
            long before = database.durable();
            database.copyTo(zip);
            SafeFile.sync(zip);
            BackupFile.extract(zip, verified.path(VERIFIED));
            Content content = verified.read(VERIFIED);
            if (!content.damaged().isEmpty() || content.sequence() < before) {
                throw new IOException("the copy was not whole");
            }
            return content;
        } finally {
            Files.deleteIfExists(verified.path(VERIFIED));
        }
    }

    /**
     * Makes the database of a folder from a copy, and reads all of it.
     *
     * @param folder has no database yet
     * @throws IOException with one line that says why this version cannot use the copy
     */
    public static void unpack(Path zip, Path folder) throws IOException {
        DatabaseFile file = new DatabaseFile(folder, "file");
        BackupFile.extract(zip, file.path(), folder.toFile().getUsableSpace() - ROOM);
        check(folder);
    }

    /**
     * Reads all of the database of a folder that no store has open.
     *
     * @throws IOException with one line that says why this version cannot use it
     */
    public static void check(Path folder) throws IOException {
        try {
            DatabaseRestore.check(new DatabaseFile(folder, "file"), DatabaseFile.NAME);
        } catch (DatabaseFile.Unreadable e) {
            throw new IOException(Reason.of(e), e);
        }
    }

    private static Path folderOf(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
    }
}
