package org.jxapi.hypervisor.libxl;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * The file that libxl writes at the suspend of a domain. A stream begins with eight bytes of identity, a version and
 * options of four each, big endian; then come records, of which each begins with its type and its length, four bytes
 * each, little endian; the first is an empty one, after which libxc's own stream follows (Xen's
 * docs/specs/libxl-migration-stream.pandoc).
 */
final class SaveFile {
    /** "LibxlFmt" */
    private static final long IDENT = 0x4C6962786C466D74L;

    /** The version of Xen 4.6 and later. By default libxl assumes the one before. */
    static final int VERSION = 2;

    private static final int HEAD_BYTES = 24;
    private static final int BIG_ENDIAN = 1;
    private static final int LIBXC_CONTEXT = 1;

    private SaveFile() {}

    /**
     * Refuses a file that is not such a stream, or ends before libxc's part. Until libxl up to 4.20 has started its
     * helper for that part, it calls a null pointer instead of failing. It reports later faults.
     */
    static void check(Path file, String what) {
        try (InputStream in = Files.newInputStream(file)) {
            head(in, file.toString(), what);
        } catch (IOException e) {
            throw unreadable(file.toString(), what, e);
        }
    }

    /**
     * The same check of a stream.
     *
     * @param name what messages call the stream
     * @return what has been read of it, for libxl to read first
     */
    static byte[] head(InputStream stream, String name, String what) {
        byte[] head = new byte[HEAD_BYTES];
        try {
            new DataInputStream(stream).readFully(head);
        } catch (IOException e) {
            throw unreadable(name, what, e);
        }
        ByteBuffer in = ByteBuffer.wrap(head);
        boolean known = in.getLong() == IDENT && in.getInt() == VERSION && (in.getInt() & BIG_ENDIAN) == 0;
        if (known && Integer.reverseBytes(in.getInt()) == LIBXC_CONTEXT && in.getInt() == 0) {
            return head;
        }
        throw new HypervisorException(LibxlError.FAIL, what + ": " + name + " is no image of a domain");
    }

    private static HypervisorException unreadable(String name, String what, IOException e) {
        return new HypervisorException(LibxlError.FAIL, what + ": " + name + " cannot be read: " + e.getMessage());
    }
}
