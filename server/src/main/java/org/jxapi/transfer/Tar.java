package org.jxapi.transfer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.jxapi.xenapi.Errors;

/**
 * The few things of the tar format (POSIX ustar) that archives here need: files with short names, one after the other. A
 * size of 8 GiB and more has GNU's form.
 */
public final class Tar {
    public static final int BLOCK = 512;

    /** The length of a name, which is where a header begins. */
    public static final int NAME = 100;
    /** Where a header has the size of its entry, and how long that field is. */
    public static final int SIZE = 124;

    public static final int NUMBER = 12;
    /** Where a header has the type of its entry. */
    public static final int TYPE = 156;

    private static final int CHECKSUM = 148;
    /** Sizes from this one on have no octal form. */
    private static final long LARGE = 1L << 33;
    /** The largest entry that is no file, in bytes: what other archivers note about a file is far shorter. */
    private static final int MAX_NOTE = 64 * 1024;
    /** The most entries in a row that are no files. */
    private static final int MAX_NOTES = 1000;

    /** A file that comes next, {@code size} bytes long. */
    record Entry(String name, long size) {
        /** Zeros behind the file, up to a whole block. */
        int padding() {
            return Tar.padding(size);
        }
    }

    private Tar() {}

    /** The length of the zeros behind a file, up to a whole block. */
    public static int padding(long size) {
        return (int) (-size & BLOCK - 1);
    }

    /** The block before a file that only its owner may read. */
    public static byte[] header(String name, long size) {
        return header(name, size, 0400);
    }

    /**
     * The block before a file.
     *
     * @param mode its permissions
     */
    public static byte[] header(String name, long size, int mode) {
        byte[] block = new byte[BLOCK];
        byte[] label = name.getBytes(StandardCharsets.UTF_8);
        if (label.length > NAME) {
            throw new IllegalArgumentException("name too long: " + name);
        }
        System.arraycopy(label, 0, block, 0, label.length);
        put(block, NAME, "%07o\0".formatted(mode));
        put(block, 108, "0000000\0");
        put(block, 116, "0000000\0");
        if (size < LARGE) {
            put(block, SIZE, "%011o\0".formatted(size));
        } else {
            ByteBuffer.wrap(block).put(SIZE, (byte) 0x80).putLong(SIZE + Integer.BYTES, size);
        }
        put(block, 136, "%011o\0".formatted(System.currentTimeMillis() / 1000));
        block[TYPE] = '0';
        put(block, 257, "ustar\00000");
        put(block, CHECKSUM, "%06o\0 ".formatted(sum(block)));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    /** The sum of the bytes, those of the sum itself taken as blanks. */
    private static int sum(byte[] block) {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= CHECKSUM && i < CHECKSUM + 8 ? ' ' : block[i] & 0xFF;
        }
        return sum;
    }

    /** The file that comes next; null at the archive's end. IMPORT_ERROR when it is no archive. */
    static @Nullable Entry next(Incoming in) {
        byte[] block = new byte[BLOCK];
        for (int notes = 0; notes <= MAX_NOTES; notes++) {
            in.fill(block, BLOCK);
            if (empty(block)) {
                return null;
            }
            if (!valid(block)) {
                throw Errors.importError("Invalid XVA file: no tar header where one should be");
            }
            Entry entry = new Entry(text(block, 0, NAME), octal(block, SIZE, NUMBER));
            byte type = block[TYPE];
            if (type == '0' || type == 0) {
                return entry;
            }
            // Notes of other archivers about files, or folders: an XVA needs none of them.
            if (entry.size() > MAX_NOTE) {
                throw Errors.importError("Invalid XVA file: a tar entry that is no file has " + entry.size()
                        + " bytes, more than " + MAX_NOTE);
            }
            in.skip(entry.size() + entry.padding());
        }
        throw Errors.importError("Invalid XVA file: more than " + MAX_NOTES + " tar entries in a row are no files");
    }

    /** Whether a block is a header. */
    public static boolean valid(byte[] block) {
        String digits = text(block, CHECKSUM, 8).strip();
        return digits.matches("[0-7]{1,7}") && Integer.parseInt(digits, 8) == sum(block);
    }

    /** Whether a block has zeros only, as at the end of an archive. */
    public static boolean empty(byte[] block) {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }

    /** A text of a header, which ends at its first zero or at its length. */
    public static String text(byte[] block, int at, int length) {
        int end = at;
        while (end < at + length && block[end] != 0) {
            end++;
        }
        return new String(block, at, end - at, StandardCharsets.UTF_8);
    }

    /** Octal digits, perhaps between blanks: no sign, and no binary form of larger numbers, which no XVA needs. */
    private static long octal(byte[] block, int at, int length) {
        String digits = text(block, at, length).strip();
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '7') {
                throw Errors.importError("Invalid XVA file: bad number in a tar header");
            }
            value = value * 8 + digit - '0';
        }
        return value;
    }
}
