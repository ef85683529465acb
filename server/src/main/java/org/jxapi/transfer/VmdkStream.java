package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jxapi.storage.OpenDisk;

/** The contents of a stream-optimised VMDK: compressed grains, each with its place on the disk before it. */
final class VmdkStream implements DiskStream {
    private static final int MARKER = 12;
    private static final int END = 0;

    private final Vmdk vmdk;
    private final Forward in;
    private final Inflater inflater = new Inflater();
    /** How many grains there are at least. */
    private final int expected;

    VmdkStream(Vmdk vmdk, Forward in, TransferMemory room) {
        this.vmdk = vmdk;
        this.in = in;
        boolean first = vmdk.directory() > 0 && vmdk.directory() < vmdk.overhead();
        this.expected = first ? VmdkSparse.count(vmdk, in, room) : 0;
    }

    @Override
    public long bytes() {
        return vmdk.bytes();
    }

    @Override
    public void write(OpenDisk disk, Progress progress) {
        if (vmdk.overhead() > 0 && vmdk.overhead() < Integer.MAX_VALUE) {
            in.skipTo(Math.max(in.at(), vmdk.overhead() * Vmdk.SECTOR));
        }
        byte[] grain = new byte[vmdk.grainBytes()];
        int seen = 0;
        while (true) {
            ByteBuffer marker = in.some(MARKER);
            if (marker.remaining() < MARKER) {
                // QEMU writes no mark at the end, and has its directory at the beginning.
                if (marker.remaining() > 0 || vmdk.directory() == Vmdk.AT_END || seen < expected) {
                    throw in.bad("it ends too early");
                }
                return;
            }
            long value = marker.getLong(0);
            int size = marker.getInt(8);
            if (size == 0) {
                if (in.read(4).getInt(0) == END) {
                    return;
                }
                in.align(Vmdk.SECTOR);
                passOver(value);
            } else {
                inflate(size, grain);
                put(disk, value, grain);
                seen++;
                in.align(Vmdk.SECTOR);
            }
            progress.add(grain.length);
        }
    }

    /** Tables and the footer are of no use to a reader that has seen all grains. */
    private void passOver(long sectors) {
        if (sectors < 0 || sectors > vmdk.bytes() / Vmdk.SECTOR) {
            throw in.bad("a table of " + sectors + " sectors");
        }
        in.skipTo(in.at() + sectors * Vmdk.SECTOR);
    }

    private void put(OpenDisk disk, long sector, byte[] grain) {
        if (sector < 0 || sector >= vmdk.bytes() / Vmdk.SECTOR || sector * Vmdk.SECTOR % grain.length != 0) {
            throw in.bad("a grain for sector " + sector);
        }
        long offset = sector * Vmdk.SECTOR;
        disk.write(offset, grain, (int) Math.min(grain.length, vmdk.bytes() - offset));
    }

    private void inflate(int size, byte[] grain) {
        if (size < 0 || size > 2 * grain.length + Vmdk.SECTOR) {
            throw in.bad("a compressed grain of " + size + " bytes");
        }
        inflater.reset();
        inflater.setInput(in.read(size).array());
        try {
            int length = 0;
            while (length < grain.length) {
                int more = inflater.inflate(grain, length, grain.length - length);
                if (more == 0) {
                    break;
                }
                length += more;
            }
            // The last grain may end with the disk.
            Arrays.fill(grain, length, grain.length, (byte) 0);
        } catch (DataFormatException e) {
            throw in.bad("a grain cannot be unpacked: " + e.getMessage()).causedBy(e);
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
