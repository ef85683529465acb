package org.jxapi.transfer;

import java.nio.charset.StandardCharsets;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/** A raw image, or a fixed VHD, which is a raw image with a footer. */
final class RawStream implements DiskStream {
    private static final int SECTOR = 512;
    private static final int CHUNK = 1 << 20;
    private static final byte[] FOOTER = "conectix".getBytes(StandardCharsets.US_ASCII);

    private final Incoming in;
    private final long bytes;

    RawStream(Incoming in, long bytes) {
        if (bytes < 0) {
            throw Errors.vdiIoError("Invalid disk image: it is raw, and its sender does not give its length");
        }
        if (bytes == 0 || bytes % SECTOR != 0) {
            throw Errors.vdiIoError("Invalid disk image: it has no format that jxapid knows, and it is not raw either,"
                    + " because its " + bytes + " bytes are no whole number of sectors");
        }
        this.in = in;
        this.bytes = bytes;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public void write(OpenDisk disk, Progress progress) {
        byte[] chunk = new byte[CHUNK];
        for (long offset = 0; offset < bytes; ) {
            int length = (int) Math.min(CHUNK, bytes - offset);
            in.fill(chunk, length);
            boolean last = offset + length == bytes;
            int used = last && footer(chunk, length - SECTOR) ? length - SECTOR : length;
            disk.write(offset, chunk, used);
            offset += length;
            progress.add(length);
        }
    }

    private static boolean footer(byte[] chunk, int at) {
        for (int i = 0; i < FOOTER.length; i++) {
            if (chunk[at + i] != FOOTER[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {}
}
