package org.jxapi.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/** Reads compressed clusters, and keeps the last one. */
final class Compressed {
    private static final int SECTOR = 512;
    /** The largest window accepted, as a power of two: that of the largest cluster. */
    private static final int WINDOW = 21;

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

    /** Where the compressed bytes of an entry begin. */
    static long offset(long entry, int clusterBits) {
        return entry & (1L << offsetBits(clusterBits)) - 1;
    }

    /** How many bytes may belong to the compressed ones: up to the end of a sector; twice a cluster at most. */
    static int length(long entry, int clusterBits) {
        int sectors = (int) (entry >>> offsetBits(clusterBits)) & (1 << clusterBits - 8) - 1;
        return (sectors + 1) * SECTOR - (int) (entry & SECTOR - 1);
    }

    private static int offsetBits(int clusterBits) {
        return 62 - (clusterBits - 8);
    }

    /** The contents of a cluster; they are valid until the next call. */
    byte[] read(long entry) throws IOException {
        byte[] known = cluster;
        if (known != null && this.entry == entry) {
            return known;
        }
        if (offset(entry, bits) >>> Header.OFFSET_BITS != 0) {
            throw damaged(entry, "it begins beyond every file");
        }
        byte[] packed = new byte[length(entry, bits)];
        file.read(offset(entry, bits), ByteBuffer.wrap(packed));
        byte[] plain = known == null ? new byte[1 << bits] : known;
        cluster = null;
        if (zstd) {
            unpackZstd(packed, plain, entry);
        } else {
            inflate(packed, plain, entry);
        }
        cluster = plain;
        this.entry = entry;
        return plain;
    }

    private void inflate(byte[] packed, byte[] plain, long entry) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed);
            int length = 0;
            while (length < plain.length) {
                int more = inflater.inflate(plain, length, plain.length - length);
                if (more == 0) {
                    throw damaged(entry, "it is too short");
                }
                length += more;
            }
        } catch (DataFormatException e) {
            throw damaged(entry, e.toString());
        } finally {
            inflater.end();
        }
    }

    private void unpackZstd(byte[] packed, byte[] plain, long entry) throws IOException {
        try {
            Native.load();
        } catch (LinkageError e) {
            throw new IOException(
                    "This host cannot load the native library of zstd, which " + file.name() + " needs: "
                            + e.getMessage(),
                    e);
        }
        try (ZstdInputStreamNoFinalizer in = new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(packed))) {
            in.setLongMax(WINDOW);
            if (in.readNBytes(plain, 0, plain.length) < plain.length) {
                throw damaged(entry, "it is too short");
            }
        } catch (ImageFormatException e) {
            throw e;
        } catch (IOException e) {
            throw damaged(entry, e.toString());
        }
    }

    private ImageFormatException damaged(long entry, String what) {
        return ImageFormatException.damaged(
                file.name(), "the compressed cluster at " + offset(entry, bits) + " cannot be read: " + what);
    }
}
