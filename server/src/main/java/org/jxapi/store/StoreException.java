package org.jxapi.store;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The database cannot be opened or written; the message is one line for the operator. */
public final class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Less room than this means that there is none: H2 writes blocks of this size. */
    private static final long BLOCK = 8192;

    private final String line;
    private final boolean full;

    public StoreException(String message) {
        this(message, null);
    }

    public StoreException(String message, @Nullable Throwable cause) {
        this(message, cause, false);
    }

    private StoreException(String message, @Nullable Throwable cause, boolean full) {
        super(message, cause);
        this.line = message;
        this.full = full;
    }

    /** That the file could not be written, with what is known of the reason. */
    public static StoreException unwritable(Path file, Throwable cause) {
        String reason = Reason.of(cause);
        boolean full = reason.contains("No space left on device")
                || reason.contains("Disk quota exceeded")
                || file.toFile().getUsableSpace() < BLOCK;
        return new StoreException("the database " + file + " cannot be written: " + reason, cause, full);
    }

    /** That a change is refused although it could be written: the room that is left is for those that free some. */
    static StoreException scarce(Path file) {
        return scarce("disk of the database " + file);
    }

    /** That a change of a pool is refused for the same reason. */
    static StoreException scarce() {
        return scarce("disks of the pool's database");
    }

    private static StoreException scarce(String where) {
        return new StoreException(
                "no room on the " + where + ": only changes that free space are possible", null, true);
    }

    /** That this host does not make changes, because another one does or none can at the moment. */
    static StoreException notCoordinator() {
        return new StoreException("this host is not the coordinator of its pool, or not yet: changes are made there");
    }

    /** That this host stopped to be the coordinator in the middle of a change. */
    static StoreException undecided(Throwable cause) {
        return new StoreException(
                "this host is not the coordinator of its pool any more, and whether the change was made is unknown: "
                        + Reason.of(cause),
                cause);
    }

    /** The same for another caller. */
    static StoreException again(StoreException known) {
        return new StoreException(known.getMessage(), known, known.full);
    }

    @Override
    public String getMessage() {
        return line;
    }

    /** Whether the reason is that there is no room on the disk. */
    public boolean full() {
        return full;
    }
}
