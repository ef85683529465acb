package org.jxapi.volume;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.harness.LoopMounts;
import org.jxapi.harness.LoopMounts.Format;

/**
 * A disk that loses its power, as often as asked. It is a file on an XFS. A cut makes another file share its blocks, which
 * is atomic: that one holds exactly the data that had been written to the disk by that moment. Data that was only in
 * memory is missing, as after a power cut.
 *
 * <p>A lossy cut goes one level deeper, with the power of that XFS, whose disk is a file on another XFS. The page cache of
 * the XFS in the middle is the write cache of the disk then: writes since the last flush are there or not, in any order.
 */
final class CutDisk {
    private static final long MIDDLE = 4L << 30;
    private static final long DEVICE = 1L << 30;

    private final LoopMounts mounts;
    private final Use use;
    private final Path middle;
    private final Path disk;
    private Path place;
    private int cuts;

    /** The use that a host makes of a disk while it has power: a folder or a device. */
    private interface Use {
        Path begin(Path disk);

        void end(Path place);
    }

    private interface Maker {
        Path in(Path folder);
    }

    private CutDisk(LoopMounts mounts, Maker maker, Use use) {
        this.mounts = mounts;
        this.use = use;
        this.middle = mounts.image(Format.XFS, mounts.makeLarge(Format.XFS), MIDDLE);
        this.disk = maker.in(mounts.mount(middle, Format.XFS));
        this.place = use.begin(disk);
    }

    /** One with a file system, whose place is a folder. */
    CutDisk(LoopMounts mounts, Format format) {
        this(mounts, folder -> mounts.image(format, folder), mounted(mounts, format));
    }

    /** One without, whose place is a block device. */
    static CutDisk device(LoopMounts mounts) {
        return new CutDisk(mounts, folder -> mounts.blank(folder, DEVICE), new Use() {
            @Override
            public Path begin(Path disk) {
                return LoopMounts.attach(disk);
            }

            @Override
            public void end(Path place) {
                LoopMounts.detach(place);
            }
        });
    }

    private static Use mounted(LoopMounts mounts, Format format) {
        return new Use() {
            @Override
            public Path begin(Path disk) {
                return mounts.mount(disk, format);
            }

            @Override
            public void end(Path place) {
                mounts.unmount(place);
            }
        };
    }

    /** Where the disk is while it has power. */
    Path place() {
        return place;
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

    /** Work with a disk. */
    interface Work {
        void in(Path place) throws IOException;
    }

    /** Uses a disk that a cut has left, as the next start of the host would. The next work finds it as this one. */
    void afterStart(Remains remains, Work work) throws IOException {
        Path copy = shared(
                remains.image(), remains.image().resolveSibling(remains.image().getFileName() + ".started"));
        try {
            if (remains.lossy()) {
                used(copy, mounted(mounts, Format.XFS), folder -> used(folder.resolve(disk.getFileName()), use, work));
            } else {
                used(copy, use, work);
            }
        } finally {
            Files.delete(copy);
        }
    }

    private static void used(Path image, Use use, Work work) throws IOException {
        Path place = use.begin(image);
        try {
            work.in(place);
        } finally {
            use.end(place);
        }
    }

    void forget(Remains remains) throws IOException {
        Files.delete(remains.image());
    }

    /** Does other work while the host does not have the disk, whose place may be another one afterwards. */
    void without(Work work) throws IOException {
        use.end(place);
        try {
            work.in(place);
        } finally {
            place = use.begin(disk);
        }
    }
}
