package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jxapi.storage.OpenDisk;

/** The contents of a monolithic sparse VMDK: a directory, tables, and grains that are not compressed. */
final class VmdkSparse implements DiskStream {
    /** An entry for a grain that holds zeros. */
    private static final int ZEROS = 1;

    private final Vmdk vmdk;
    private final Forward in;
    private final StoredBlocks grains;
    private final TransferMemory.Taken taken;

    private VmdkSparse(Vmdk vmdk, Forward in, StoredBlocks grains, TransferMemory.Taken taken) {
        this.vmdk = vmdk;
        this.in = in;
        this.grains = grains;
        this.taken = taken;
    }

    static DiskStream open(Vmdk vmdk, Forward in, TransferMemory room) {
        long all = (vmdk.bytes() + vmdk.grainBytes() - 1) / vmdk.grainBytes();
        TransferMemory.Taken taken = room.take("a VMDK's tables", all * Integer.BYTES, in::bad);
        try {
            return new VmdkSparse(vmdk, in, tables(vmdk, in, (int) all), taken);
        } catch (RuntimeException | Error e) {
            taken.close();
            throw e;
        }
    }

    /** How many grains an image stores whose directory comes before them. */
    static int count(Vmdk vmdk, Forward in, TransferMemory room) {
        try (DiskStream image = open(vmdk, in, room)) {
            return ((VmdkSparse) image).grains.count();
        }
    }

    private static StoredBlocks tables(Vmdk vmdk, Forward in, int all) {
        StoredBlocks grains = new StoredBlocks(Vmdk.SECTOR, vmdk.grainBytes());
        if (vmdk.directory() <= 0 || vmdk.directory() > Integer.MAX_VALUE) {
            throw in.bad("it has no directory");
        }
        in.skipTo(vmdk.directory() * Vmdk.SECTOR);
        int count = (all + vmdk.grainsPerTable() - 1) / vmdk.grainsPerTable();
        ByteBuffer directory = in.read(count * Integer.BYTES);
        long[] places = new long[count];
        for (int i = 0; i < count; i++) {
            places[i] = (directory.getInt() & 0xFFFFFFFFL) << 32 | i;
        }
        Arrays.sort(places);
        for (long place : places) {
            if (place >>> 32 != 0) {
                in.skipTo((place >>> 32) * Vmdk.SECTOR);
                table(vmdk, in, (int) place * vmdk.grainsPerTable(), all, grains);
            }
        }
        return grains;
    }

    private static void table(Vmdk vmdk, Forward in, int first, int all, StoredBlocks grains) {
        ByteBuffer table = in.read(vmdk.grainsPerTable() * Integer.BYTES);
        for (int i = first; table.hasRemaining() && i < all; i++) {
            int sector = table.getInt();
            if (sector < 0) {
                throw in.bad("a grain begins beyond 1 TiB");
            }
            if (sector > ZEROS) {
                grains.add(sector, i);
            }
        }
    }

    @Override
    public long bytes() {
        return vmdk.bytes();
    }

    @Override
    public void write(OpenDisk disk, Progress progress) {
        grains.write(in, disk, vmdk.bytes(), progress);
    }

    @Override
    public void close() {
        taken.close();
    }
}
