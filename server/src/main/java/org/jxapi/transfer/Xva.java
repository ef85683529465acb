package org.jxapi.transfer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/**
 * The archive of an exported VM: a tar of {@code ova.xml} and then, disk after disk, its blocks of 1 MiB as {@code
 * Ref:N/00000000}, each followed by a file with its checksum: XXH64 ({@code .xxhash}) or, in older archives, SHA-1
 * ({@code .checksum}). Blocks of zeros are left out, except the first and the last of a disk. The format is XAPI's.
 */
final class Xva {
    private static final int CHUNK = 1 << 20;
    private static final String OVA = "ova.xml";
    private static final String XXHASH = ".xxhash";
    private static final String SHA1 = ".checksum";
    /** The bytes at the end of an archive. */
    private static final int END = 2 * Tar.BLOCK;

    private Xva() {}

    /** The length of an archive that holds no disks, in bytes. */
    static long length(OvaXml.Text xml) {
        Tar.Entry entry = new Tar.Entry(OVA, xml.length());
        return Tar.BLOCK + entry.size() + entry.padding() + END;
    }

    /** Writes an archive. */
    static final class Writer {
        /** How long nothing may be sent, in nanoseconds: XAPI's own patience. */
        private static final long QUIET = TimeUnit.SECONDS.toNanos(5);

        private final Outgoing out;
        private final LongSupplier clock;

        Writer(Outgoing out) {
            this(out, System::nanoTime);
        }

        /** @param clock the time in nanoseconds */
        Writer(Outgoing out, LongSupplier clock) {
            this.out = out;
            this.clock = clock;
        }

        /** Writes the description piece by piece: those of many VMs need not fit into memory. */
        void ova(OvaXml.Text xml) {
            Tar.Entry entry = new Tar.Entry(OVA, xml.length());
            out.write(Tar.header(entry.name(), entry.size()));
            xml.pieces(out::write);
            out.write(new byte[entry.padding()]);
        }

        /** Writes a disk. While zeros are passed over, an empty block now and then keeps the connection in use. */
        void disk(String name, OpenDisk disk, Progress progress) {
            byte[] chunk = new byte[CHUNK];
            long bytes = disk.bytes();
            long number = 0;
            long written = clock.getAsLong();
            for (long offset = 0; offset < bytes; offset += CHUNK) {
                int length = (int) Math.min(CHUNK, bytes - offset);
                boolean edge = offset == 0 || offset + length == bytes;
                boolean hole = disk.hole(offset, length);
                if (!hole || edge) {
                    disk.read(offset, chunk, length);
                }
                if (edge || !hole && !OpenDisk.zeros(chunk, 0, length)) {
                    block(name, number, chunk, length);
                    written = clock.getAsLong();
                } else if (clock.getAsLong() - written >= QUIET) {
                    // As in XAPI it takes a number, but stands for no part of the disk.
                    block(name, number++, chunk, 0);
                    written = clock.getAsLong();
                }
                number++;
                progress.add(length);
            }
        }

        private void block(String disk, long number, byte[] bytes, int length) {
            String name = "%s/%08d".formatted(disk, number);
            byte[] hash = XxHash64.hex(bytes, length).getBytes(StandardCharsets.US_ASCII);
            file(name, bytes, length);
            file(name + XXHASH, hash, hash.length);
        }

        private void file(String name, byte[] bytes, int length) {
            out.write(Tar.header(name, length));
            out.write(bytes, length);
            out.write(new byte[new Tar.Entry(name, length).padding()]);
        }

        void end() {
            out.write(new byte[END]);
        }
    }

    /** Reads an archive. */
    static final class Reader {
        private final Incoming in;
        private final boolean force;
        private final byte[] chunk = new byte[CHUNK];

        /** @param force whether blocks are taken that do not match their checksums */
        Reader(Incoming in, boolean force) {
            this.in = in;
            this.force = force;
        }

        /** The header of the description, which comes first; {@link #read} reads what follows it. */
        Tar.Entry ova() {
            Tar.Entry entry = next();
            if (!entry.name().equals(OVA)) {
                throw Errors.importErrorUnexpectedFile(OVA, entry.name());
            }
            return entry;
        }

        private Tar.Entry next() {
            Tar.Entry entry = Tar.next(in);
            if (entry == null) {
                throw Errors.importErrorPrematureEof();
            }
            return entry;
        }

        /** Reads a file whole; the caller knows that its size is bearable. */
        byte[] read(Tar.Entry entry) {
            byte[] content = new byte[(int) entry.size()];
            in.fill(content, content.length);
            in.skip(entry.padding());
            return content;
        }

        /** Reads a file into the chunk; its length. */
        private int chunk(Tar.Entry entry) {
            refuseLarge(entry, CHUNK);
            in.fill(chunk, (int) entry.size());
            in.skip(entry.padding());
            return (int) entry.size();
        }

        private static void refuseLarge(Tar.Entry entry, int most) {
            if (entry.size() > most) {
                throw Errors.importError(
                        "Invalid XVA file: " + entry.name() + " has " + entry.size() + " bytes, more than " + most);
            }
        }

        /**
         * Reads the next disk of the archive.
         *
         * @param bytes the size that the archive gives it
         */
        void disk(String name, long bytes, OpenDisk disk, Progress progress) {
            int block = -1;
            long offset = 0;
            long usual = 0;
            while (offset < bytes) {
                Tar.Entry entry = next();
                if (!entry.name().startsWith(name + "/")) {
                    throw Errors.importError("Invalid XVA file: " + entry.name() + " is no block of " + name);
                }
                int number = number(entry.name().substring(name.length() + 1));
                if (number <= block) {
                    throw Errors.importError("Invalid XVA file: " + entry.name() + " comes too late");
                }
                int length = chunk(entry);
                usual = usual == 0 ? length : usual;
                long skipped = usual * (number - block - 1);
                disk.write(offset + skipped, chunk, length);
                offset += skipped + length;
                checksum(entry.name(), length);
                progress.add(skipped + length);
                block = number;
            }
        }

        private static int number(String text) {
            try {
                return Integer.parseInt(text);
            } catch (NumberFormatException e) {
                throw Errors.importError("Invalid XVA file: " + text + " is no block")
                        .causedBy(e);
            }
        }

        /** Checks the chunk, which holds that many bytes of the block of that name. */
        private void checksum(String name, int length) {
            Tar.Entry entry = next();
            refuseLarge(entry, Tar.BLOCK);
            String expected = new String(read(entry), StandardCharsets.US_ASCII);
            String actual;
            if (entry.name().equals(name + XXHASH)) {
                actual = XxHash64.hex(chunk, length);
            } else if (entry.name().equals(name + SHA1)) {
                actual = sha1(length);
            } else {
                throw Errors.importError("Expected to find a supported inline checksum file, instead found a file"
                        + " called: " + entry.name());
            }
            if (!force && !actual.equals(expected)) {
                throw Errors.importError(
                        "Block " + name + " checksum failed: original = " + expected + "; recomputed = " + actual);
            }
        }

        private String sha1(int length) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-1");
                digest.update(chunk, 0, length);
                return HexFormat.of().formatHex(digest.digest());
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
