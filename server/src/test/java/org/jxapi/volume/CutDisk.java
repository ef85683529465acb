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
 */
final class CutDisk {
    private final LoopMounts mounts;
    private final Format format;
    private final Path disk;
    private final Path mounted;
    private int cuts;

    CutDisk(LoopMounts mounts, Format format) {
        this.mounts = mounts;
        this.format = format;
        Path outer = mounts.makeLarge(Format.XFS);
        this.disk = mounts.image(format, outer);
        this.mounted = mounts.mount(disk, format);
    }

    /** The file system while it has power. */
    Path mounted() {
        return mounted;
    }

    /** The disk as a power cut would leave it now. */
    Path cut() throws IOException {
        Path cut = disk.resolveSibling("cut" + cuts++);
        if (!VolumeFiles.reflink(disk, cut)) {
            throw new IOException("XFS does not share blocks");
        }
        return cut;
    }

    /** Something that is done with a file system. */
    interface Work {
        void in(Path folder) throws IOException;
    }

    /** Mounts a disk that a cut has left, as the next start of the host would, and again for each work. */
    void afterStart(Path cut, Work work) throws IOException {
        Path copy = cut.resolveSibling(cut.getFileName() + ".started");
        if (!VolumeFiles.reflink(cut, copy)) {
            throw new IOException("XFS does not share blocks");
        }
        Path folder = mounts.mount(copy, format);
        try {
            work.in(folder);
        } finally {
            mounts.unmount(folder);
            Files.delete(copy);
        }
    }

    void forget(Path cut) throws IOException {
        Files.delete(cut);
    }
}
