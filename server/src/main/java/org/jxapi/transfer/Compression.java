package org.jxapi.transfer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.Errors;

/** How an archive is packed. */
enum Compression {
    NONE,
    GZIP,
    ZSTD;

    private static final int BUFFER = 1 << 16;
    private static final int[] GZIP_MAGIC = {0x1F, 0x8B};
    private static final int[] ZSTD_MAGIC = {0x28, 0xB5, 0x2F, 0xFD};

    /** As {@code use_compression} asks; what is not known is none, as in XAPI. */
    static Compression of(@Nullable String asked) {
        if (asked == null) {
            return NONE;
        }
        return switch (asked) {
            case "true", "gzip" -> GZIP;
            case "zstd" -> ZSTD;
            default -> NONE;
        };
    }

    /** Packs what the work writes. */
    void write(OutputStream to, Consumer<Outgoing> work) {
        try {
            switch (this) {
                case NONE -> work.accept(new Outgoing(to));
                case GZIP -> {
                    GZIPOutputStream packed = new GZIPOutputStream(to, BUFFER);
                    work.accept(new Outgoing(packed));
                    packed.finish();
                    packed.flush();
                }
                case ZSTD -> ZstdStreams.write(to, packed -> work.accept(new Outgoing(packed)));
            }
        } catch (IOException e) {
            throw Errors.clientError("The client has disconnected: " + e.getMessage())
                    .causedBy(e);
        }
    }

    /**
     * Decompresses an upload of any kind.
     *
     * @param windows the memory that zstd's windows share
     * @param early the error when the upload ends too early or is damaged
     */
    static <T> T read(
            InputStream from, TransferMemory windows, Function<Incoming, T> work, Supplier<XenApiException> early) {
        BufferedInputStream in = new BufferedInputStream(from, BUFFER);
        try {
            if (begins(in, ZSTD_MAGIC)) {
                return ZstdStreams.read(in, windows, plain -> work.apply(new Incoming(plain, early)));
            }
            InputStream plain = begins(in, GZIP_MAGIC) ? new GZIPInputStream(in, BUFFER) : in;
            return work.apply(new Incoming(plain, early));
        } catch (IOException e) {
            throw early.get().causedBy(e);
        }
    }

    private static boolean begins(InputStream in, int[] magic) throws IOException {
        in.mark(magic.length);
        boolean same = true;
        for (int expected : magic) {
            same &= in.read() == expected;
        }
        in.reset();
        return same;
    }
}
