package org.jxapi.backup;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import org.jxapi.store.Reason;
import org.jxapi.transfer.Tar;
import org.jxapi.xenapi.Errors;

/**
 * Writes a backup of a host: a tar, whose last entry has the check sums of all others. IOExceptions are those of the reader
 * of the tar; BACKUP_SCRIPT_FAILED when a file cannot be read.
 */
final class BackupWriter {
    private static final int PIECE = 64 * 1024;
    private static final int MODE = 0600;

    private final OutputStream out;
    private final LongConsumer moved;
    private final StringBuilder sums = new StringBuilder();

    /** @param moved is called with the size of each piece; an exception from it ends the backup */
    BackupWriter(OutputStream out, LongConsumer moved) {
        this.out = out;
        this.moved = moved;
    }

    /** A line of the last entry. */
    static String line(byte[] sum, String name) {
        return HexFormat.of().formatHex(sum) + "  " + name + "\n";
    }

    /** Adds a file as it is now. One that is gone is left out. */
    void add(String name, Path file) throws IOException {
        FileChannel channel;
        long size;
        try {
            channel = FileChannel.open(file);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        try (channel;
                InputStream in = Channels.newInputStream(channel)) {
            try {
                size = channel.size();
            } catch (IOException e) {
                throw unreadable(name, e);
            }
            add(name, in, size);
        }
    }

    void add(String name, byte[] content) throws IOException {
        add(name, new ByteArrayInputStream(content), content.length);
    }

    private void add(String name, InputStream in, long size) throws IOException {
        MessageDigest sum = DumpFormat.digest();
        out.write(Tar.header(name, size, MODE));
        byte[] piece = new byte[PIECE];
        for (long left = size; left > 0; ) {
            int count = read(name, in, piece, left);
            out.write(piece, 0, count);
            sum.update(piece, 0, count);
            left -= count;
            moved.accept(count);
        }
        out.write(new byte[Tar.padding(size)]);
        sums.append(line(sum.digest(), name));
    }

    /** A journal of measurements may grow meanwhile, and gives what it had at first. No file becomes shorter. */
    private static int read(String name, InputStream in, byte[] piece, long left) {
        int count;
        try {
            count = in.read(piece, 0, (int) Math.min(piece.length, left));
        } catch (IOException e) {
            throw unreadable(name, e);
        }
        if (count < 0) {
            throw Errors.backupScriptFailed("The file " + name + " has become shorter. Make the backup again.");
        }
        return count;
    }

    private static RuntimeException unreadable(String name, IOException e) {
        return Errors.backupScriptFailed("The file " + name + " cannot be read: " + Reason.of(e))
                .causedBy(e);
    }

    /** Writes the last entry, without which no restore takes the backup. */
    void end() throws IOException {
        byte[] content = sums.toString().getBytes(StandardCharsets.UTF_8);
        out.write(Tar.header(SavedFiles.SUMS, content.length, MODE));
        out.write(content);
        out.write(new byte[Tar.padding(content.length) + 2 * Tar.BLOCK]);
        out.flush();
    }
}
