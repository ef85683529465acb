package org.jxapi.transfer;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jxapi.dispatch.Call;
import org.jxapi.image.Image;
import org.jxapi.image.Qcow2Image;
import org.jxapi.image.RawImage;
import org.jxapi.storage.OpenDisk;
import org.jxapi.xenapi.Errors;

/** An image or block device of the host whose contents become those of a new disk. The source is only read. */
public final class HostImage {
    private static final int CHUNK = 1 << 20;
    private static final int FIXED = 2;

    private final Path path;
    private final Format format;
    private final long bytes;

    /** The formats of images. */
    public enum Format {
        RAW,
        QCOW2,
        /** Of a fixed size: the contents, and a footer. */
        VHD_FIXED,
        /** With a table of blocks. */
        VHD_DYNAMIC
    }

    private HostImage(Path path, Format format, long bytes) {
        this.path = path;
        this.format = format;
        this.bytes = bytes;
    }

    /** A raw image or a block device. */
    public static HostImage raw(Path path) throws IOException {
        try (Image image = RawImage.open(path, false)) {
            return new HostImage(path, Format.RAW, image.bytes());
        }
    }

    /** A qcow2 image, whose backing files must be in its folder. */
    public static HostImage qcow2(Path path) throws IOException {
        try (Image image = Qcow2Image.open(path, false)) {
            return new HostImage(path, Format.QCOW2, image.bytes());
        }
    }

    /** A VHD that holds a whole disk. */
    public static HostImage vhd(Path path) throws IOException {
        byte[] footer = new byte[Vhd.SECTOR];
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
            ByteBuffer to = ByteBuffer.wrap(footer);
            for (long at = Math.max(0, file.size() - Vhd.SECTOR); to.hasRemaining(); ) {
                if (file.read(to, at + to.position()) < 0) {
                    break;
                }
            }
        }
        ByteBuffer fields = ByteBuffer.wrap(footer);
        boolean begins = new String(footer, 0, 8, StandardCharsets.US_ASCII).equals("conectix");
        if (!begins || fields.getInt(64) != Vhd.checksum(footer, 64)) {
            throw new IOException(path + " is no VHD, or is damaged: it has no footer");
        }
        int type = fields.getInt(60);
        if (type != FIXED && type != Vhd.DYNAMIC) {
            throw new IOException(path + " holds only what differs from another VHD; merge them first");
        }
        return new HostImage(path, type == FIXED ? Format.VHD_FIXED : Format.VHD_DYNAMIC, fields.getLong(48));
    }

    /** The size of the disk. */
    public long bytes() {
        return bytes;
    }

    /** Writes the contents to a disk that is at least as large, and holds zeros. */
    public void copyTo(Call call, OpenDisk disk) {
        Progress progress = new Progress(call, bytes);
        try {
            switch (format) {
                case VHD_DYNAMIC -> blocks(disk, progress);
                case QCOW2 -> {
                    try (Image image = Qcow2Image.open(path, false)) {
                        copy(image, disk, progress);
                    }
                }
                default -> {
                    try (Image image = RawImage.open(path, bytes, false)) {
                        copy(image, disk, progress);
                    }
                }
            }
        } catch (IOException e) {
            throw Errors.vdiIoError(path + " cannot be read: " + e.getMessage()).causedBy(e);
        }
    }

    private void copy(Image image, OpenDisk disk, Progress progress) throws IOException {
        byte[] chunk = new byte[CHUNK];
        for (long offset = 0; offset < bytes; ) {
            Image.Extent extent = image.extent(offset, Math.min(CHUNK, bytes - offset));
            int length = (int) Math.min(extent.length(), CHUNK);
            if (!extent.hole()) {
                image.read(offset, ByteBuffer.wrap(chunk, 0, length));
                disk.write(offset, chunk, length);
            }
            offset += length;
            progress.add(length);
        }
    }

    private void blocks(OpenDisk disk, Progress progress) throws IOException {
        try (InputStream file = new BufferedInputStream(Files.newInputStream(path), CHUNK);
                VhdReader reader = new VhdReader(
                        new Incoming(file, () -> Errors.vdiIoError(path + " ends too early")), new TransferMemory())) {
            reader.blocks(disk, progress);
        }
    }

    /** Whether a file begins as a qcow2 image. */
    public static boolean isQcow2(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return Arrays.equals(in.readNBytes(4), new byte[] {'Q', 'F', 'I', (byte) 0xfb});
        }
    }
}
