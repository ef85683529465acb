package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;

/**
 * A file system on a disk that loses its power, as often as asked. The disk is a file on an XFS. A cut makes another file
 * share its blocks, which is atomic: that one holds exactly the data that the file system had written to its disk by that
 * moment. Data that was only in memory is missing, as after a power cut.
 *
 * <p>A lossy cut goes one level deeper, with the power of that XFS, whose disk is a file on another XFS. The page cache of
 * the XFS in the middle is the write cache of the disk then: writes since the last flush are there or not, in any order.
 */
final class CutDisk {
    private static final long MIDDLE = 4L << 30;

    private final LoopMounts mounts;
    private final Format format;
    private final Path middle;
    private final Path disk;
    private final Path mounted;
    private int cuts;

    CutDisk(LoopMounts mounts, Format format) {
        this.mounts = mounts;
        this.format = format;
        this.middle = mounts.image(Format.XFS, mounts.makeLarge(Format.XFS), MIDDLE);
        this.disk = mounts.image(format, mounts.mount(middle, Format.XFS));
        this.mounted = mounts.mount(disk, format);
    }

    /** The file system while it has power. */
    Path mounted() {
        return mounted;
    }

    /** A disk after a cut, in an image of its own, or in one of the XFS that it is on. */
    record Remains(Path image, boolean lossy) {}

    /** The disk as a power cut would leave it now, with or without the loss of writes that were not flushed. */
    Remains cut(boolean lossy) throws IOException {
        Path from = lossy ? middle : disk;
        return new Remains(shared(from, from.resolveSibling("cut" + cuts++)), lossy);
    }

    private static Path shared(Path from, Path to) throws IOException {
        if (!FileBlocks.share(from, Files.createFile(to))) {
            throw new IOException("XFS does not share blocks");
        }
        return to;
    }

    /** Work with a file system. */
    interface Work {
        void in(Path folder) throws IOException;
    }

    /** Mounts a disk that a cut has left, as the next start of the host would. The next work finds it as this one. */
    void afterStart(Remains remains, Work work) throws IOException {
        Path copy = shared(
                remains.image(), remains.image().resolveSibling(remains.image().getFileName() + ".started"));
        try {
            if (remains.lossy()) {
                mounted(copy, Format.XFS, folder -> mounted(folder.resolve(disk.getFileName()), format, work));
            } else {
                mounted(copy, format, work);
            }
        } finally {
            Files.delete(copy);
        }
    }

    private void mounted(Path image, Format as, Work work) throws IOException {
        Path folder = mounts.mount(image, as);
        try {
            work.in(folder);
        } finally {
            mounts.unmount(folder);
        }
    }

    void forget(Remains remains) throws IOException {
        Files.delete(remains.image());
    }
}
