package org.jxapi.image;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Compressed clusters of qcow2, as entries of L2 tables describe them. */
public final class PackedCluster {
    private static final int SECTOR = 512;
    /** The largest window accepted, as a power of two: that of the largest cluster. */
    private static final int WINDOW = 21;

    private PackedCluster() {}

    /** This host lacks the native library of zstd. */
    static final class NoLibraryException extends IOException {
        private static final long serialVersionUID = 1L;

        NoLibraryException(LinkageError cause) {
            super(
                    "This host cannot load the native library of zstd, which the image needs: " + cause.getMessage(),
                    cause);
        }
    }

    /** Where the compressed bytes of an entry begin. */
    public static long offset(long entry, int clusterBits) {
        return entry & (1L << offsetBits(clusterBits)) - 1;
    }

    /** How many bytes may belong to the compressed ones: up to the end of a sector; twice a cluster at most. */
    public static int length(long entry, int clusterBits) {
        int sectors = (int) (entry >>> offsetBits(clusterBits)) & (1 << clusterBits - 8) - 1;
        return (sectors + 1) * SECTOR - (int) (entry & SECTOR - 1);
    }

    private static int offsetBits(int clusterBits) {
        return 62 - (clusterBits - 8);
    }

    /**
     * Unpacks a cluster.
     *
     * @param packed bytes that begin with the compressed ones
     * @param length how many of them there are
     * @param plain an array of the cluster's size
     */
    public static void unpack(boolean zstd, byte[] packed, int length, byte[] plain) throws IOException {
        if (zstd) {
            unpackZstd(packed, length, plain);
        } else {
            inflate(packed, length, plain);
        }
    }

    private static void inflate(byte[] packed, int length, byte[] plain) throws IOException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(packed, 0, length);
            int done = 0;
            while (done < plain.length) {
                int more = inflater.inflate(plain, done, plain.length - done);
                if (more == 0) {
                    throw new IOException("it is too short");
                }
                done += more;
            }
        } catch (DataFormatException e) {
            throw new IOException(e.toString(), e);
        } finally {
            inflater.end();
        }
    }

    private static void unpackZstd(byte[] packed, int length, byte[] plain) throws IOException {
        try {
            Native.load();
        } catch (LinkageError e) {
            throw new NoLibraryException(e);
        }
        try (ZstdInputStreamNoFinalizer in =
                new ZstdInputStreamNoFinalizer(new ByteArrayInputStream(packed, 0, length))) {
            in.setLongMax(WINDOW);
            if (in.readNBytes(plain, 0, plain.length) < plain.length) {
                throw new IOException("it is too short");
            }
        }
    }
}
