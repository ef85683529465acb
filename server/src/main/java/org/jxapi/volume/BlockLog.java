package org.jxapi.volume;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.BitSet;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * The log of a volume whose changes are tracked: what has changed since its parent was taken.
 *
 * @param parent the location of the snapshot that was taken before; empty if there is none
 * @param since the file up to which {@code changed} is complete; the changes after that are the differences to it. When the
 *     contents of the volume do not go back to that file, everything may have changed.
 * @param changed what is recorded already
 */
record BlockLog(String parent, String since, ChangedBlocks changed) {
    private static final long MAGIC = 0x6a78617069636274L;
    private static final int VERSION = 1;

    BlockLog withParent(String other, ChangedBlocks changes) {
        return new BlockLog(other, since, changes);
    }

    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeUTF(parent);
            out.writeUTF(since);
            out.writeLong(changed.bytes());
            byte[] bits = changed.toBytes();
            out.writeInt(bits.length);
            out.write(bits);
            CRC32 sum = new CRC32();
            sum.update(bytes.toByteArray());
            out.writeLong(sum.getValue());
        }
        return bytes.toByteArray();
    }

    /** Reads a log; an IOException when it is none, or damaged. */
    static BlockLog read(InputStream from) throws IOException {
        CRC32 sum = new CRC32();
        DataInputStream in = new DataInputStream(new CheckedInputStream(from, sum));
        if (in.readLong() != MAGIC || in.readInt() != VERSION) {
            throw new IOException("it is no log of changed blocks of this version");
        }
        String parent = in.readUTF();
        String since = in.readUTF();
        long bytes = in.readLong();
        int count = ChangedBlocks.count(bytes);
        int length = in.readInt();
        if (length < 0 || length > count / Byte.SIZE + 1) {
            throw new IOException("it has a bitmap of " + length + " bytes for " + count + " blocks");
        }
        byte[] bits = in.readNBytes(length);
        long expected = sum.getValue();
        if (bits.length != length || in.readLong() != expected) {
            throw new IOException("its check sum is wrong");
        }
        BitSet blocks = BitSet.valueOf(bits);
        if (blocks.length() > count) {
            throw new IOException("it has changes behind the end of the disk");
        }
        return new BlockLog(parent, since, new ChangedBlocks(bytes, blocks));
    }

    @Override
    public String toString() {
        return "changes since " + parent + " up to " + since + ": " + Arrays.toString(changed.toBytes());
    }
}
