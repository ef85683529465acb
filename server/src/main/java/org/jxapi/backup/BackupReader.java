package org.jxapi.backup;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.function.LongConsumer;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.store.SafeFile;
import org.jxapi.transfer.Tar;
import org.jxapi.xenapi.Errors;

/**
 * Reads a backup of a host into a folder. It takes plain files of known names only, and trusts no size: memory does not grow
 * with the backup, and the disk keeps some room. RESTORE_SCRIPT_FAILED for a backup that is not whole; IOExceptions are
 * those of the folder.
 */
final class BackupReader {
    /** The most files of a backup. */
    static final int MOST = 100_000;

    private static final int PIECE = 64 * 1024;
    /** The room that a restore leaves on the disk, in bytes. */
    private static final long ROOM = 64L << 20;
    /** Where a header has the folders of a long name. */
    private static final int PREFIX = 345;

    private static final int PREFIX_LENGTH = 155;
    private static final int BINARY = 0x80;

    private final InputStream in;
    private final Path folder;
    private final String version;
    private final LongConsumer moved;
    /** The sum of what the last entry must have. */
    private final MessageDigest sums = DumpFormat.digest();

    private record Entry(String name, long size) {}

    /**
     * @param folder empty
     * @param version that of this program
     * @param moved is called with the size of each piece; an exception from it ends the restore
     */
    BackupReader(InputStream in, Path folder, String version, LongConsumer moved) {
        this.in = in;
        this.folder = folder;
        this.version = version;
        this.moved = moved;
    }

    /** The error for a backup that cannot be restored. */
    static XenApiException refused(String reason) {
        return Errors.restoreScriptFailed(
                "This host cannot be restored from this file: " + reason + ". Nothing has changed.");
    }

    /** Reads all of it, up to its last entry. All files are on disk when this returns. */
    BackupHead read() throws IOException {
        Entry first = next();
        if (!first.name.equals(SavedFiles.HEAD)) {
            throw refused("it is no backup of a host: it does not begin with " + SavedFiles.HEAD);
        }
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        copy(first, json);
        BackupHead head;
        try {
            head = BackupHead.read(json.toByteArray(), version);
        } catch (IOException e) {
            throw refused(String.valueOf(e.getMessage())).causedBy(e);
        }
        for (String each : SavedFiles.folders()) {
            PrivateFolder.make(folder.resolve(each));
        }
        Entry entry = next();
        for (int count = 1; !entry.name.equals(SavedFiles.SUMS); count++) {
            if (!SavedFiles.known(entry.name)) {
                throw refused("it has the entry " + shown(entry.name) + ", which no backup has");
            }
            if (count > MOST) {
                throw refused("it has more than " + MOST + " files");
            }
            file(entry);
            entry = next();
        }
        checkSums(entry);
        for (String each : SavedFiles.folders()) {
            SafeFile.sync(folder.resolve(each));
        }
        SafeFile.sync(folder);
        return head;
    }

    private void file(Entry entry) throws IOException {
        if (folder.toFile().getUsableSpace() - ROOM < entry.size) {
            throw Errors.outOfSpace(folder.toString());
        }
        Path file = folder.resolve(entry.name);
        try {
            Files.createFile(file, SafeFile.PRIVATE);
        } catch (FileAlreadyExistsException e) {
            throw refused("it has the entry " + entry.name + " twice").causedBy(e);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            copy(entry, out);
            channel.force(true);
        }
    }

    private void copy(Entry entry, OutputStream out) throws IOException {
        if (entry.size > SavedFiles.largest(entry.name)) {
            throw refused("its entry " + entry.name + " has " + entry.size + " bytes, and "
                    + SavedFiles.largest(entry.name) + " at most are possible");
        }
        MessageDigest sum = DumpFormat.digest();
        content(entry, (piece, count) -> {
            sum.update(piece, 0, count);
            out.write(piece, 0, count);
        });
        sums.update(BackupWriter.line(sum.digest(), entry.name).getBytes(StandardCharsets.UTF_8));
    }

    private void checkSums(Entry entry) throws IOException {
        MessageDigest sum = DumpFormat.digest();
        content(entry, (piece, count) -> sum.update(piece, 0, count));
        if (!MessageDigest.isEqual(sum.digest(), sums.digest())) {
            throw refused("it is damaged: its check sums differ");
        }
    }

    /** Takes a piece of an entry. */
    private interface Pieces {
        void take(byte[] piece, int count) throws IOException;
    }

    private void content(Entry entry, Pieces pieces) throws IOException {
        byte[] piece = new byte[PIECE];
        for (long left = entry.size; left > 0; ) {
            int count = (int) Math.min(PIECE, left);
            fill(piece, count);
            pieces.take(piece, count);
            left -= count;
            moved.accept(count);
        }
        fill(piece, Tar.padding(entry.size));
    }

    /** The header that comes next. */
    private Entry next() {
        byte[] block = new byte[Tar.BLOCK];
        fill(block, Tar.BLOCK);
        if (Tar.empty(block)) {
            throw refused("it is truncated: it ends without its check sums");
        }
        if (!Tar.valid(block)) {
            throw refused("it is damaged, or no backup of a host: a header of tar is missing");
        }
        String name = Tar.text(block, 0, Tar.NAME);
        String before = Tar.text(block, PREFIX, PREFIX_LENGTH);
        String whole = before.isEmpty() ? name : before + "/" + name;
        if (block[Tar.TYPE] != '0') {
            throw refused("its entry " + shown(whole) + " is no plain file");
        }
        return new Entry(whole, size(block));
    }

    private static long size(byte[] block) {
        long size = 0;
        if ((block[Tar.SIZE] & BINARY) != 0) {
            for (int i = Tar.SIZE + 1; i < Tar.SIZE + Tar.NUMBER; i++) {
                if (size >>> Long.SIZE - Byte.SIZE != 0) {
                    throw refused("an entry has a size that no file has");
                }
                size = size << Byte.SIZE | block[i] & 0xFF;
            }
        } else {
            String digits = Tar.text(block, Tar.SIZE, Tar.NUMBER).strip();
            if (!digits.matches("[0-7]{1,12}")) {
                throw refused("an entry has a size that is no number");
            }
            size = Long.parseLong(digits, 8);
        }
        if (size < 0) {
            throw refused("an entry has a size that no file has");
        }
        return size;
    }

    private void fill(byte[] to, int length) {
        int count;
        try {
            count = in.readNBytes(to, 0, length);
        } catch (IOException e) {
            throw refused("it is truncated: the client has disconnected").causedBy(e);
        }
        if (count < length) {
            throw refused("it is truncated");
        }
    }

    /** A name from the archive, in a form for errors and logs. */
    private static String shown(String name) {
        return '"' + name.replaceAll("[^\\x21-\\x7e]", "?") + '"';
    }
}
