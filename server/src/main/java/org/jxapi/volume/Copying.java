package org.jxapi.volume;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.jxapi.image.Image;

/** Copies of volumes, also between repositories of different types. Holes are neither read nor written. */
public final class Copying {
    private static final int PIECE = 1 << 20;
    /** The unit in which differences are copied. */
    private static final int CLUSTER = 64 * 1024;

    private Copying() {}

    /**
     * Copies a volume into a new one that is at least as large and holds nothing yet.
     *
     * @param progress gets the fraction that is done, from 0 to 1; an exception from it ends the copy
     */
    public static void into(Repository to, String location, Repository from, String source, DoubleConsumer progress)
            throws IOException {
        Optional<Path> raw = to.raw(location);
        Optional<Path> original = from.raw(source);
        if (raw.isPresent() && original.isPresent()) {
            whole(original.get(), raw.get(), to.bytes(location), progress);
            return;
        }
        try (Image in = from.open(source, false);
                Image out = to.open(location, true)) {
            pieces(in, out, progress);
        }
    }

    /** Copies a volume into new contents of that size, which hold nothing yet. */
    public static void into(Stage to, long bytes, Repository from, String source, DoubleConsumer progress)
            throws IOException {
        Optional<Path> raw = to.raw();
        Optional<Path> original = from.raw(source);
        if (raw.isPresent() && original.isPresent()) {
            whole(original.get(), raw.get(), bytes, progress);
            return;
        }
        try (Image in = from.open(source, false);
                Image out = to.open()) {
            pieces(in, out, progress);
        }
    }

    /** The file system may share blocks, or copy them where they are. */
    private static void whole(Path from, Path to, long bytes, DoubleConsumer progress) throws IOException {
        VolumeFiles.copy(from, to, progress);
        VolumeFiles.setLength(to, bytes);
    }

    private static void pieces(Image in, Image out, DoubleConsumer progress) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(PIECE);
        long all = Math.min(in.bytes(), out.bytes());
        long at = 0;
        while (at < all) {
            progress.accept((double) at / all);
            Image.Extent extent = in.extent(at, all - at);
            if (extent.hole()) {
                at += extent.length();
                continue;
            }
            int length = Math.toIntExact(Math.min(PIECE, extent.length()));
            buffer.clear().limit(length);
            in.read(at, buffer);
            out.write(at, buffer.flip());
            at += length;
        }
        out.sync();
    }

    /**
     * Writes the parts of a disk that differ from its base over another disk, which is at least as large, and leaves the
     * rest of that as it is.
     *
     * @param progress gets the fraction that is done, from 0 to 1; an exception from it ends the copy
     */
    public static void differences(Differences from, Image to, DoubleConsumer progress) throws IOException {
        long bytes = from.disk().bytes();
        ByteBuffer buffer = ByteBuffer.allocate(CLUSTER);
        byte[] zeros = new byte[CLUSTER];
        from.find(bytes, CLUSTER, at -> progress.accept((double) at / bytes), at -> {
            int length = (int) Math.min(CLUSTER, bytes - at);
            buffer.clear().limit(length);
            from.disk().read(at, buffer);
            boolean empty = Arrays.equals(buffer.array(), 0, length, zeros, 0, length);
            if (!empty || !to.clear(at, length)) {
                to.write(at, buffer.flip());
            }
        });
        to.sync();
    }
}
