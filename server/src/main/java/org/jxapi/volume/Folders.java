package org.jxapi.volume;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Folders that settings name. */
final class Folders {
    private Folders() {}

    /** The folder; {@code missing} when none is named, {@code unusable} when it cannot be one. */
    static Path of(String location, Mounts mounts, SmFailure missing, SmFailure unusable) {
        if (location.isEmpty()) {
            throw missing.error();
        }
        try {
            Path folder = Path.of(location);
            if (!folder.isAbsolute()) {
                throw unusable.error(location + " is not an absolute path");
            }
            Path plain = folder.normalize();
            if (plain.startsWith(mounts.root())) {
                throw unusable.error(location + " is in " + mounts.root() + ", where jxapid mounts repositories");
            }
            return plain;
        } catch (InvalidPathException e) {
            throw unusable.error(String.valueOf(e.getMessage())).causedBy(e);
        }
    }
}
