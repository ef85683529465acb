package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A disk in a qcow2 image, with the chain of its backing files (docs/interop/qcow2.rst of QEMU). Nothing else may have the
 * image open while it is open to be written, and nothing may write its backing files.
 *
 * <p>A power cut at any moment leaves an image that is consistent and has everything that was written before the last
 * {@link #sync}. At worst, clusters stay counted that nothing uses.
 */
public final class Qcow2Image implements Layered {
    private final @Nullable Path path;
    private final ImageFile file;
    private final boolean writable;
    private final HeaderSector header;
    private final Pages pages;
    private final Refcounts refcounts;
    private final Clusters clusters;
    private final Compressed compressed;
    private final ClusterWriter writer;
    private @Nullable Image backing;

    Qcow2Image(@Nullable Path path, ImageFile file, boolean writable) throws IOException {
        this.path = path;
        this.file = file;
        this.writable = writable;
        this.header = new HeaderSector(file);
        Header now = header.header();
        String needsRepair = needsRepair(file.name(), now);
        if (writable && needsRepair != null) {
            throw new ImageFormatException(needsRepair);
        }
        this.pages = new Pages(file, now.clusterBytes(), writable);
        this.refcounts = new Refcounts(file, header, pages);
        this.clusters = new Clusters(file, header, pages);
        this.compressed = new Compressed(file, now);
        this.writer = new ClusterWriter(this, file, header, pages, refcounts, clusters);
    }

    /** Opens an image with its chain, whose backing files are only read. */
    public static Qcow2Image open(Path path, boolean write) throws IOException {
        return open(path, write, chain(path));
    }

    private static Chain chain(Path top) throws IOException {
        return Chain.from(top, (path, chain) -> open(path, false, chain));
    }

    private static Qcow2Image open(Path path, boolean write, Chain chain) throws IOException {
        ImageFile file = ChannelFile.open(path, write);
        try {
            Qcow2Image image = new Qcow2Image(path, file, write);
            image.backing = chain.next(file.name(), image.header.header().backing());
            return image;
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Makes a new file with an empty image of version 3 and clusters of 64 KiB, readable by its owner alone; on disk when
     * this returns.
     *
     * @param bytes the size of the disk, rounded up to 512 bytes
     * @param backing the file with the contents of the disk; the disk is zeros where that ends
     */
    public static void create(Path path, long bytes, @Nullable Backing backing) throws IOException {
        Qcow2Format.create(path, backing, file -> format(file, Qcow2Format.CLUSTER_BITS, bytes, backing));
    }

    /** Makes an empty image, as {@link #create} does, on an existing file or device, whose contents are lost. */
    public static void format(Path path, long bytes, @Nullable Backing backing) throws IOException {
        try (ImageFile file = ChannelFile.open(path, true)) {
            format(file, Qcow2Format.CLUSTER_BITS, bytes, backing);
        }
    }

    /** The most bytes that an image of {@link #create} takes when all of a disk of that size is written. */
    public static long room(long bytes) {
        return Qcow2Format.room(bytes);
    }

    /** The bytes that an image of {@link #create} takes at most while nothing of its disk is written. */
    public static long emptyRoom(long bytes) {
        return Qcow2Format.emptyRoom(bytes);
    }

    static void format(ImageFile file, int clusterBits, long bytes, @Nullable Backing backing) throws IOException {
        Qcow2Format.format(file, clusterBits, backing);
        new Qcow2Image(null, file, true).resize(bytes);
    }

    /** Reads the header alone. */
    public static ImageInfo info(Path path) throws IOException {
        try (ImageFile file = ChannelFile.open(path, false)) {
            Header header = Header.read(file);
            return new ImageInfo(
                    header.version(),
                    header.bytes(),
                    file.size(),
                    header.clusterBytes(),
                    header.backing(),
                    needsRepair(file.name(), header));
        }
    }

    private static @Nullable String needsRepair(String name, Header header) {
        if (header.corrupt()) {
            return name + " is marked as corrupt. Repair it with \"qemu-img check -r all\" before it is written.";
        }
        if (header.dirty()) {
            return name + " was not closed, and its refcounts may be wrong. Repair it with \"qemu-img check -r all\""
                    + " before it is written.";
        }
        if (header.snapshots()) {
            return name + " has internal snapshots, with which it cannot be written. Remove them with"
                    + " \"qemu-img snapshot -d\".";
        }
        if (header.refcountOrder() != Header.WIDTH_16) {
            return name + " has refcounts of " + (1 << header.refcountOrder())
                    + " bits, with which it cannot be written. Convert it with \"qemu-img convert -O qcow2\".";
        }
        return null;
    }

    @Override
    public long bytes() {
        return header.header().bytes();
    }

    /** The backing file that the image records; null if it holds the whole disk. */
    public @Nullable Backing backing() {
        return header.header().backing();
    }

    /** The unit in which the image stores the disk. */
    public int clusterBytes() {
        return header.header().clusterBytes();
    }

    /** The part of the file or device, from its beginning, that the image uses. */
    public long end() throws IOException {
        return refcounts.end();
    }

    @Override
    public void read(long offset, ByteBuffer to) throws IOException {
        Buffers.checkRead(file.name(), offset);
        for (long at = offset; to.hasRemaining(); ) {
            long left = bytes() - at;
            if (left <= 0) {
                Buffers.zeros(to, to.remaining());
                return;
            }
            Clusters.Piece piece = clusters.piece(at, Math.min(to.remaining(), left));
            long from = at;
            Buffers.part(to, (int) piece.length(), part -> read(piece, from, part));
            at += piece.length();
        }
    }

    private void read(Clusters.Piece piece, long offset, ByteBuffer to) throws IOException {
        switch (piece.kind()) {
            case DATA, SHARED -> file.read(piece.host(), to);
            case ZEROS -> Buffers.zeros(to, to.remaining());
            case PACKED -> to.put(compressed.read(piece.host()), (int) (offset & clusterBytes() - 1), to.remaining());
            case ABSENT -> readBelow(offset, to);
        }
    }

    private void readBelow(long offset, ByteBuffer to) throws IOException {
        if (backing == null) {
            Buffers.zeros(to, to.remaining());
        } else {
            backing.read(offset, to);
        }
    }

    @Override
    public Extent extent(long offset, long length) throws IOException {
        Buffers.checkRead(file.name(), offset);
        long end = offset + Math.min(length, Long.MAX_VALUE - offset);
        Extent first = step(offset, end - offset);
        long at = offset + first.length();
        while (at < end) {
            Extent next = step(at, end - at);
            if (next.hole() != first.hole()) {
                break;
            }
            at += next.length();
        }
        return new Extent(at - offset, first.hole());
    }

    private Extent step(long offset, long length) throws IOException {
        long left = bytes() - offset;
        if (left <= 0) {
            return new Extent(length, true);
        }
        Clusters.Piece piece = clusters.piece(offset, Math.min(length, left));
        return switch (piece.kind()) {
            case ZEROS -> new Extent(piece.length(), true);
            case DATA, SHARED, PACKED -> new Extent(piece.length(), false);
            case ABSENT -> extentBelow(offset, piece.length());
        };
    }

    @Override
    public Extent extentBelow(long offset, long length) throws IOException {
        return backing == null ? new Extent(length, true) : backing.extent(offset, length);
    }

    /** The origin of the part that begins there, of {@code length} bytes at most. For images that were opened from files. */
    public Origin origin(long offset, long length) throws IOException {
        Buffers.checkRead(file.name(), offset);
        long left = bytes() - offset;
        if (left <= 0) {
            return Origin.zeros(length);
        }
        Clusters.Piece piece = clusters.piece(offset, Math.min(length, left));
        return switch (piece.kind()) {
            case ZEROS -> Origin.zeros(piece.length());
            case DATA, SHARED, PACKED -> new Origin(piece.length(), Objects.requireNonNull(path));
            case ABSENT -> originBelow(offset, piece.length());
        };
    }

    private Origin originBelow(long offset, long length) throws IOException {
        if (backing instanceof Qcow2Image below) {
            return below.origin(offset, length);
        }
        Extent extent = extentBelow(offset, length);
        return extent.hole()
                ? Origin.zeros(extent.length())
                : new Origin(extent.length(), ((RawImage) Objects.requireNonNull(backing)).path());
    }

    @Override
    public long bytesBelow() {
        return backing == null ? 0 : backing.bytes();
    }

    /**
     * The first part of the disk, from there on, that this image itself holds, and not one of its backing files. A snapshot
     * makes an empty image, so these parts have changed since the snapshot.
     *
     * @return null if there is none
     */
    @Override
    public @Nullable Range held(long from) throws IOException {
        long start = -1;
        boolean zeros = false;
        long at = from;
        while (at < bytes()) {
            Clusters.Piece piece = clusters.piece(at, bytes() - at);
            boolean held = piece.kind() != Clusters.Kind.ABSENT;
            boolean zero = piece.kind() == Clusters.Kind.ZEROS;
            if (start >= 0 && (!held || zero != zeros)) {
                break;
            }
            if (held && start < 0) {
                start = at;
                zeros = zero;
            }
            at += piece.length();
        }
        return start < 0 ? null : new Range(start, at - start, zeros);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        mayWrite(offset, from.remaining());
        writer.write(offset, from);
    }

    @Override
    public boolean clear(long offset, long length) throws IOException {
        mayWrite(offset, length);
        return writer.clear(offset, length);
    }

    @Override
    public void resize(long bytes) throws IOException {
        mayWrite(0, 0);
        writer.resize(bytes);
    }

    private void mayWrite(long offset, long length) throws IOException {
        if (!writable) {
            throw new IOException(file.name() + " is open to be read only.");
        }
        Buffers.check(file.name(), bytes(), offset, length);
    }

    /**
     * Copies everything that this image holds itself into its backing file, which reads as this image afterwards, with zeros
     * behind the end of this one. It may be repeated after a failure. This image does not change.
     *
     * @param progress gets the number of bytes that are done, from time to time; an exception from it ends the copy
     */
    public void commit(LongConsumer progress) throws IOException {
        Backing name = backing();
        Path top = path;
        if (name == null || top == null) {
            throw new IOException(file.name() + " has no backing file into which it could be committed.");
        }
        sync();
        replaceBacking(null);
        Path folder = Objects.requireNonNull(top.toAbsolutePath().normalize().getParent());
        try (Image below = open(Chain.path(file.name(), folder, name), name.format())) {
            Commit.copy(this, below, progress);
        } finally {
            reopenBacking(top, name);
        }
    }

    private void reopenBacking(Path top, Backing name) throws IOException {
        try {
            replaceBacking(chain(top).next(file.name(), name));
        } catch (IOException | RuntimeException e) {
            // Without what is below, this image would read as zeros.
            file.close();
            throw e;
        }
    }

    private static Image open(Path path, Format format) throws IOException {
        return format == Format.RAW ? RawImage.open(path, true) : open(path, true);
    }

    /**
     * Records another backing file, which must read as the old one wherever this image holds nothing. It is on disk when
     * this returns.
     *
     * @param below null if nothing of the old one is needed
     */
    public void rebase(@Nullable Backing below) throws IOException {
        mayWrite(0, 0);
        sync();
        Image opened = path == null ? null : chain(path).next(file.name(), below);
        try {
            header.setBacking(below);
        } catch (IOException | RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
        replaceBacking(opened);
    }

    /** Takes over what is below from now on, and closes what was. */
    void replaceBacking(@Nullable Image below) throws IOException {
        Image old = backing;
        backing = below;
        if (old != null) {
            old.close();
        }
    }

    @Override
    public void sync() throws IOException {
        if (writable) {
            writer.sync();
        }
    }

    @Override
    public void close() throws IOException {
        try (ImageFile closing = file;
                Image below = backing) {
            if (writable) {
                writer.close();
            }
        }
    }
}
