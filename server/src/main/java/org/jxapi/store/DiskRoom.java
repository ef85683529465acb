package org.jxapi.store;

import java.nio.file.Path;

/**
 * The room on the disk of a host's copy of its pool's log. The log cannot refuse what others append, so changes are refused while
 * there still is room for those that free some. A reserve is kept for the day when others have filled the disk.
 */
public final class DiskRoom {
    /** Less than this many bytes is too little to make changes. */
    public static final long SCARCE = 32L << 20;

    /** Less than this many bytes is too little for the reserve to be kept: a file of the log may need them at once. */
    private static final long LOW = 8L << 20;

    /** Less than this many bytes, without a reserve, is too little to follow the log. */
    private static final long NONE = 4L << 20;

    private final Path folder;
    private final Reserve reserve;

    /** @param folder on that disk; it need not exist yet */
    public DiskRoom(Path folder) {
        this.folder = folder;
        this.reserve = new Reserve(folder);
    }

    /** The bytes that can be written; 0 while the folder is not there. */
    public long free() {
        return folder.toFile().getUsableSpace();
    }

    /** Whether changes that need room are too many. */
    public boolean scarce() {
        return free() < SCARCE;
    }

    /** Keeps the reserve, or gives it up; called often. Returns whether the log can be followed. */
    public boolean tend() {
        long free = free();
        if (free < LOW && reserve.release()) {
            return true;
        }
        if (free > SCARCE) {
            reserve.make();
        }
        return free >= NONE;
    }
}
