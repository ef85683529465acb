package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads compressed clusters, and keeps the last one. */
final class Compressed {
    private final ImageFile file;
    private final int bits;
    private final boolean zstd;
    private byte @Nullable [] cluster;
    private long entry;

    Compressed(ImageFile file, Header header) {
        this.file = file;
        this.bits = header.clusterBits();
        this.zstd = header.zstd();
    }

    /** The contents of a cluster; they are valid until the next call. */
    byte[] read(long entry) throws IOException {
        byte[] known = cluster;
        if (known != null && this.entry == entry) {
            return known;
        }
        long offset = PackedCluster.offset(entry, bits);
        if (offset >>> Header.OFFSET_BITS != 0) {
            throw damaged(entry, "it begins beyond every file");
        }
        byte[] packed = new byte[PackedCluster.length(entry, bits)];
        file.read(offset, ByteBuffer.wrap(packed));
        byte[] plain = known == null ? new byte[1 << bits] : known;
        cluster = null;
        try {
            PackedCluster.unpack(zstd, packed, packed.length, plain);
        } catch (PackedCluster.NoLibraryException e) {
            throw e;
        } catch (IOException e) {
            throw damaged(entry, String.valueOf(e.getMessage()));
        }
        cluster = plain;
        this.entry = entry;
        return plain;
    }

    private ImageFormatException damaged(long entry, String what) {
        return ImageFormatException.damaged(
                file.name(),
                "the compressed cluster at " + PackedCluster.offset(entry, bits) + " cannot be read: " + what);
    }
}
