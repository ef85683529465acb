package org.jxapi.transfer;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/**
 * The archive of an exported VM: a tar of {@code ova.xml} and then, disk after disk, its blocks of 1 MiB as {@code
 * Ref:N/00000000}, each followed by a file with its checksum: XXH64 ({@code .xxhash}) or, in older archives, SHA-1
 * ({@code .checksum}). Blocks of zeros are left out, except the first and the last of a disk. The format is XAPI's.
 */
final class Xva {
    private static final int CHUNK = 1 << 20;
    private static final int MAX_OVA = 64 << 20;
    private static final String OVA = "ova.xml";
    private static final String XXHASH = ".xxhash";
    private static final String SHA1 = ".checksum";

    private Xva() {}

    /** Writes an archive. */
    static final class Writer {
        private final Outgoing out;

        Writer(Outgoing out) {
            this.out = out;
        }

        void ova(String xml) {
            byte[] bytes = xml.getBytes(StandardCharsets.UTF_8);
            file(OVA, bytes, bytes.length);
        }

        void disk(String name, OpenDisk disk, Progress progress) {
            byte[] chunk = new byte[CHUNK];
            long bytes = disk.bytes();
            for (long offset = 0; offset < bytes; offset += CHUNK) {
                int length = (int) Math.min(CHUNK, bytes - offset);
                disk.read(offset, chunk, length);
                boolean edge = offset == 0 || offset + length == bytes;
                if (edge || !OpenDisk.zeros(chunk, 0, length)) {
                    String block = "%s/%08d".formatted(name, offset / CHUNK);
                    byte[] hash = XxHash64.hex(chunk, length).getBytes(StandardCharsets.US_ASCII);
                    file(block, chunk, length);
                    file(block + XXHASH, hash, hash.length);
                }
                progress.add(length);
            }
        }

        private void file(String name, byte[] bytes, int length) {
            out.write(Tar.header(name, length));
            out.write(bytes, length);
            out.write(new byte[new Tar.Entry(name, length).padding()]);
        }

        void end() {
            out.write(new byte[2 * Tar.BLOCK]);
        }
    }

    /** Reads an archive. */
    static final class Reader {
        private final Incoming in;
        private final boolean force;

        /** @param force whether blocks are taken that do not match their checksums */
        Reader(Incoming in, boolean force) {
            this.in = in;
            this.force = force;
        }

        String ova() {
            Tar.Entry entry = next();
            if (!entry.name().equals(OVA)) {
                throw Errors.importErrorUnexpectedFile(OVA, entry.name());
            }
            return new String(content(entry, MAX_OVA), StandardCharsets.UTF_8);
        }

        private Tar.Entry next() {
            Tar.Entry entry = Tar.next(in);
            if (entry == null) {
                throw Errors.importErrorPrematureEof();
            }
            return entry;
        }

        private byte[] content(Tar.Entry entry, int most) {
            if (entry.size() > most) {
                throw Errors.importError("Invalid XVA file: " + entry.name() + " is too large");
            }
            byte[] content = new byte[(int) entry.size()];
            in.fill(content, content.length);
            in.skip(entry.padding());
            return content;
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
                byte[] content = content(entry, CHUNK);
                usual = usual == 0 ? content.length : usual;
                long skipped = usual * (number - block - 1);
                disk.write(offset + skipped, content, content.length);
                offset += skipped + content.length;
                checksum(entry.name(), content);
                progress.add(skipped + content.length);
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

        private void checksum(String name, byte[] content) {
            Tar.Entry entry = next();
            String expected = new String(content(entry, Tar.BLOCK), StandardCharsets.US_ASCII);
            String actual;
            if (entry.name().equals(name + XXHASH)) {
                actual = XxHash64.hex(content, content.length);
            } else if (entry.name().equals(name + SHA1)) {
                actual = sha1(content);
            } else {
                throw Errors.importError("Expected to find a supported inline checksum file, instead found a file"
                        + " called: " + entry.name());
            }
            if (!force && !actual.equals(expected)) {
                throw Errors.importError(
                        "Block " + name + " checksum failed: original = " + expected + "; recomputed = " + actual);
            }
        }

        private static String sha1(byte[] content) {
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-1").digest(content));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
