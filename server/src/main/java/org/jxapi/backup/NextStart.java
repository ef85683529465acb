package org.jxapi.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The next start of this daemon, which uses what a restore of the host has brought. */
public interface NextStart {
    /** The file of the daemon's settings; empty when the daemon has none. */
    Optional<Path> settings();

    /** Throws an IOException with one line when the next start cannot use the settings of that file. */
    void checkSettings(Path file) throws IOException;

    /** Throws an IOException with one line when the next start cannot use the certificates or the password of a folder. */
    void checkFolder(Path folder) throws IOException;
}
