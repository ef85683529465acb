package org.jxapi.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jxapi.datamodel.XenApiException;

/** The data that a client sends. If they end too early, reads fail with the given error. */
final class Incoming {
    private static final int PIECE = 64 * 1024;

    private final InputStream in;
    private final Supplier<XenApiException> early;

    Incoming(InputStream in, Supplier<XenApiException> early) {
        this.in = in;
        this.early = early;
    }

    /** Reads that many bytes. */
    void fill(byte[] to, int length) {
        if (some(to, length) < length) {
            throw early.get();
        }
    }

    /** Reads up to that many bytes: fewer only at the end. */
    int some(byte[] to, int length) {
        try {
            return in.readNBytes(to, 0, length);
        } catch (IOException e) {
            throw early.get().causedBy(e);
        }
    }

    /** Reads that many bytes and drops them, in pieces: the number may come from the client. */
    void skip(long length) {
        byte[] piece = new byte[(int) Math.min(PIECE, length)];
        for (long left = length; left > 0; left -= piece.length) {
            fill(piece, (int) Math.min(piece.length, left));
        }
    }
}
