package org.jxapi.volume;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The place where the logs of changed blocks of a repository are, under their names. A power cut leaves the state before or after
 * each change, and a change is on disk when it returns.
 */
interface LogStore {
    /** The folder that is the place. */
    Path folder();

    default Path path(String name) {
        return folder().resolve(name);
    }

    /** The names with that end. */
    List<String> names(String suffix) throws IOException;

    boolean has(String name) throws IOException;

    /** Opens what {@link #write} has put under a name; NoSuchFileException if there is nothing. It may have more bytes. */
    InputStream read(String name) throws IOException;

    /** Puts a few bytes under a name, in the place of others. */
    void write(String name, byte[] content) throws IOException;

    /** Removes a name with what it has; false if there is none. Only {@link #sync} waits for the disk. */
    boolean remove(String name) throws IOException;

    /** Waits until what has been removed is gone from the disk, too. */
    void sync() throws IOException;
}
