package org.jxapi.hypervisor.libxl;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/**
 * What libxl writes of a domain at suspend. A stream begins with eight bytes of identity and a version of four, big endian
 * (Xen's docs/specs/libxl-migration-stream.pandoc).
 */
final class SaveFile {
    /** "LibxlFmt" */
    private static final long IDENT = 0x4C6962786C466D74L;

    /** What Xen 4.6 and later write; what libxl takes a stream for unless told is the one before. */
    static final int VERSION = 2;

    private SaveFile() {}

    /** Refuses a file that is no such stream: libxl 4.17 calls a null pointer where it should fail. */
    static void check(Path file, String what) {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            if (in.readLong() == IDENT && in.readInt() == VERSION) {
                return;
            }
        } catch (IOException e) {
            throw new HypervisorException(LibxlError.FAIL, what + ": " + file + " cannot be read: " + e.getMessage());
        }
        throw new HypervisorException(LibxlError.FAIL, what + ": " + file + " is no image of a domain");
    }
}
