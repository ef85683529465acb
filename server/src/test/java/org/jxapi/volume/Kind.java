package org.jxapi.volume;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The kinds of repositories. Each constant gets the whole contract, the copies to and from every other kind, the power
 * cuts, and its row in the matrix of docs/storage.md.
 */
enum Kind {
    RAW("raw files", ".raw", false) {
        @Override
        Repository in(Path folder) {
            return new RawFolder(folder);
        }

        @Override
        boolean clonesAtOnce(boolean sharesBlocks) {
            return sharesBlocks;
        }
    },
    QCOW2("qcow2 chains", ".qcow2", false) {
        @Override
        Repository in(Path folder) {
            return new ImageFolder(folder, "sr", "qcow2", new NoGuests(), new Merges());
        }

        @Override
        boolean clonesAtOnce(boolean sharesBlocks) {
            return true;
        }
    },
    ISO("discs", ".iso", true) {
        @Override
        Repository in(Path folder) {
            return new IsoFolder(folder);
        }

        @Override
        boolean clonesAtOnce(boolean sharesBlocks) {
            return false;
        }
    };

    private final String label;
    /** The end of the names of its volumes' files. */
    private final String suffix;

    private final boolean readOnly;

    Kind(String label, String suffix, boolean readOnly) {
        this.label = label;
        this.suffix = suffix;
        this.readOnly = readOnly;
    }

    /** A repository in a folder, which need not be there. */
    abstract Repository in(Path folder);

    /** Whether it clones without a copy, on a file system whose files can share blocks or not. */
    abstract boolean clonesAtOnce(boolean sharesBlocks);

    String label() {
        return label;
    }

    String suffix() {
        return suffix;
    }

    boolean readOnly() {
        return readOnly;
    }

    static List<Kind> writable() {
        return Arrays.stream(values()).filter(kind -> !kind.readOnly).toList();
    }

    @Override
    public String toString() {
        return label;
    }
}
