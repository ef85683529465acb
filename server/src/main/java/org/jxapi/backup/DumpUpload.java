package org.jxapi.backup;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jxapi.transfer.Transfer;

/**
 * Receives a dump. Xen Orchestra gives a content-length that is far too large, and disconnects when it has sent all: the
 * dump ends with its check sum.
 */
final class DumpUpload {
    private static final int PIECE = 64 * 1024;
    /** The part of the heap that the text of a dump may have: its objects take about as much, in addition to the present ones. */
    private static final int PART = 4;

    private DumpUpload() {}

    /** Writes the body to a file, and checks that it is whole. INTERNAL_ERROR when it is not, or too large. */
    static void receive(Transfer transfer, Path file) throws IOException {
        MessageDigest digest = DumpFormat.digest();
        byte[] end = new byte[0];
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] piece = new byte[PIECE];
            long most = Runtime.getRuntime().maxMemory() / PART;
            long left = transfer.length();
            for (long read = 0; left > 0 && DumpFormat.sealed(end).isEmpty(); ) {
                int count = read(transfer.body(), piece);
                if (count < 0) {
                    break;
                }
                transfer.call().throwIfCancelled();
                left -= count;
                read += count;
                if (read > most) {
                    throw Dump.unusable("it has more than " + most + " bytes. Give jxapid a larger heap");
                }
                out.write(piece, 0, count);
                end = end(digest, end, piece, count);
            }
        }
        check(digest, DumpFormat.sealed(end));
    }

    /** A client that has sent all may disconnect in any way. */
    private static int read(InputStream body, byte[] piece) {
        try {
            return body.read(piece);
        } catch (IOException e) {
            return -1;
        }
    }

    /** Adds a piece to the digest, except for the last bytes of all that has come, which it returns. */
    private static byte[] end(MessageDigest digest, byte[] before, byte[] piece, int count) {
        byte[] joined = Arrays.copyOf(before, before.length + count);
        System.arraycopy(piece, 0, joined, before.length, count);
        int summed = Math.max(0, joined.length - DumpFormat.SEAL);
        digest.update(joined, 0, summed);
        return Arrays.copyOfRange(joined, summed, joined.length);
    }

    private static void check(MessageDigest digest, Optional<byte[]> sum) {
        byte[] known = sum.orElseThrow(() -> Dump.unusable("it does not end as one: it is truncated, or no dump"));
        if (!MessageDigest.isEqual(known, digest.digest())) {
            throw Dump.unusable("it is damaged: its check sum differs");
        }
    }

    /** The same for a file that is there already. */
    static void check(Path file) throws IOException {
        MessageDigest digest = DumpFormat.digest();
        byte[] end = new byte[0];
        try (InputStream in = Files.newInputStream(file)) {
            byte[] piece = new byte[PIECE];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                end = end(digest, end, piece, count);
            }
        }
        check(digest, DumpFormat.sealed(end));
    }
}
