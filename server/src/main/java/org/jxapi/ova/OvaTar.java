package org.jxapi.ova;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.jxapi.transfer.Tar;
import org.jxapi.xenapi.Errors;

/** The files of a package in a tar (POSIX ustar with pax and GNU's large numbers), one after the other. */
final class OvaTar {
    private static final int MOST_NOTE = 64 * 1024;
    private static final int MOST_NOTES = 100;

    private final InputStream in;
    private long left;
    private int padding;

    OvaTar(InputStream in) {
        this.in = in;
    }

    /** A file that comes next. Its contents end where the file does. */
    record Entry(String name, long size, InputStream contents) {}

    /** Whether a file begins as a tar whose first file is an OVF envelope. */
    static boolean recognises(byte[] head) {
        return head.length >= Tar.BLOCK
                && Tar.valid(head)
                && Tar.text(head, 0, Tar.NAME).toLowerCase(Locale.ROOT).endsWith(".ovf");
    }

    /** The next file, after the rest of the one before; empty at the end. IMPORT_ERROR if the tar is damaged. */
    Optional<Entry> next() {
        skip(left + padding);
        String pax = "";
        for (int notes = 0; notes < MOST_NOTES; notes++) {
            byte[] block = new byte[Tar.BLOCK];
            int length = fill(block);
            if (length == 0 || Tar.empty(block)) {
                left = 0;
                padding = 0;
                return Optional.empty();
            }
            if (length < Tar.BLOCK || !Tar.valid(block)) {
                throw bad("there is no header of a file where one should be");
            }
            long size = pax.matches("(?s).*\\bsize=\\d{1,18}\n.*")
                    ? Long.parseLong(pax.replaceAll("(?s).*\\bsize=(\\d+)\n.*", "$1"))
                    : number(block);
            char type = (char) block[Tar.TYPE];
            if (type == '0' || type == 0) {
                String name = name(
                        pax.matches("(?s).*\\bpath=[^\n]+\n.*")
                                ? pax.replaceAll("(?s).*\\bpath=([^\n]+)\n.*", "$1")
                                : Tar.text(block, 0, Tar.NAME));
                left = size;
                padding = Tar.padding(size);
                return Optional.of(new Entry(name, size, new Contents()));
            }
            if (size > MOST_NOTE) {
                throw bad("an entry that is no file has " + size + " bytes");
            }
            byte[] note = new byte[(int) size + Tar.padding(size)];
            if (fill(note) < note.length) {
                throw Errors.importErrorPrematureEof();
            }
            pax = type == 'x' ? new String(note, 0, (int) size, StandardCharsets.UTF_8) : pax;
        }
        throw bad("it has too many entries that are no files");
    }

    /** The name without the folder of the package. Files elsewhere are of no use, and their names are never paths here. */
    private static String name(String path) {
        return path.startsWith("./") ? path.substring(2) : path;
    }

    private static long number(byte[] block) {
        if (block[Tar.SIZE] == (byte) 0x80) {
            long size = ByteBuffer.wrap(block).getLong(Tar.SIZE + Integer.BYTES);
            if (size < 0) {
                throw bad("a file has a negative size");
            }
            return size;
        }
        String digits = Tar.text(block, Tar.SIZE, Tar.NUMBER).strip();
        if (!digits.matches("[0-7]{1,12}")) {
            throw bad("a file has no size");
        }
        return Long.parseLong(digits, 8);
    }

    private int fill(byte[] to) {
        try {
            return in.readNBytes(to, 0, to.length);
        } catch (IOException e) {
            throw Errors.importErrorPrematureEof().causedBy(e);
        }
    }

    private void skip(long bytes) {
        byte[] piece = new byte[1 << 16];
        try {
            for (long rest = bytes; rest > 0; ) {
                int count = in.read(piece, 0, (int) Math.min(piece.length, rest));
                if (count < 0) {
                    throw Errors.importErrorPrematureEof();
                }
                rest -= count;
            }
        } catch (IOException e) {
            throw Errors.importErrorPrematureEof().causedBy(e);
        }
    }

    private static RuntimeException bad(String why) {
        return Errors.importError("The package is damaged: " + why);
    }

    /** The rest of the current file. */
    private final class Contents extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = in.read(to, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new IOException("the package ends too early");
            }
            left -= count;
            return count;
        }
    }
}
