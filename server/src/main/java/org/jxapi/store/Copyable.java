package org.jxapi.store;

import java.nio.file.Path;
import java.sql.SQLException;

/** A database of which copies can be made while it is in use. */
public interface Copyable {
    /** The state that it holds now. */
    Snapshot snapshot();

    /** Its file. */
    Path file();

    /** The newest change that it has on disk. */
    long durable();

    /** Writes a consistent copy to a file that is empty, a zip with the database in it, while changes go on. */
    void copyTo(Path zip) throws SQLException;
}
