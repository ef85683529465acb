package org.jxapi.backup;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.transfer.Transfer;

/** A dump in a file. */
public final class DumpFile {
    private DumpFile() {}

    /** Writes the body of an upload to a file, and checks that it is whole. INTERNAL_ERROR when it is not, or too large. */
    public static void receive(Transfer transfer, Path file) throws IOException {
        DumpUpload.receive(transfer, file);
    }

    /**
     * The objects of a dump, in the order in which they were made, after a check of its sum.
     *
     * @throws org.jxapi.datamodel.XenApiException as a restore over HTTP fails
     */
    public static Map<Ref<?>, Row<?>> read(Path file) throws IOException {
        DumpUpload.check(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            return Dump.read(in);
        }
    }
}
