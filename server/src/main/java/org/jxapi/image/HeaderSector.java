package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The header of an open image, and its changes. All fields that change are in the first sector of 512 bytes, which disks
 * write whole or not at all: so a power cut leaves the old header or the new one. A change is on disk when the method
 * returns; whatever the new header refers to must be on disk before.
 */
final class HeaderSector {
    static final int SECTOR = 512;

    private final ImageFile file;
    private Header header;

    HeaderSector(ImageFile file) throws IOException {
        this.file = file;
        this.header = Header.read(file);
    }

    Header header() {
        return header;
    }

    void setBytes(long bytes) throws IOException {
        change(sector -> sector.putLong(Header.BYTES, bytes));
    }

    void setL1(long offset, int entries) throws IOException {
        change(sector -> sector.putInt(Header.L1_ENTRIES, entries).putLong(Header.L1_OFFSET, offset));
    }

    void setRefcountTable(long offset, int clusters) throws IOException {
        change(sector -> sector.putLong(Header.REFCOUNT_OFFSET, offset).putInt(Header.REFCOUNT_CLUSTERS, clusters));
    }

    /** Clears the features that no longer hold after a write, such as persistent bitmaps. */
    void clearAutoclear() throws IOException {
        if (header.autoclear() != 0) {
            change(sector -> sector.putLong(Header.AUTOCLEAR, 0));
        }
    }

    private void change(Consumer<ByteBuffer> what) throws IOException {
        ByteBuffer sector = ByteBuffer.allocate(SECTOR);
        file.read(0, sector);
        what.accept(sector);
        file.write(0, sector.flip());
        file.sync();
        header = Header.read(file);
    }

    /** Records another backing file. Its name is written first, to a place that the old header does not use. */
    void setBacking(@Nullable Backing backing) throws IOException {
        byte[] name = backing == null ? new byte[0] : backing.name().getBytes(StandardCharsets.UTF_8);
        byte[] extensions = HeaderExtensions.bytes(
                backing == null ? null : backing.format(), header.extensions().others());
        int end = header.length() + extensions.length;
        int at = name.length == 0 ? 0 : placeForName(end, name.length);
        ByteBuffer area = ByteBuffer.allocate(Math.max(end, SECTOR));
        file.read(0, area);
        area.put(header.length(), extensions);
        area.putLong(Header.BACKING_OFFSET, at).putInt(Header.BACKING_LENGTH, name.length);
        if (at > 0 && at < SECTOR) {
            area.put(at, name);
        } else if (at > 0) {
            file.write(at, ByteBuffer.wrap(name));
            file.sync();
        }
        file.write(0, area.rewind());
        file.sync();
        header = Header.read(file);
    }

    private int placeForName(int end, int length) throws IOException {
        if (end + length <= SECTOR) {
            return end;
        }
        int at = Math.max(SECTOR, Math.max(end, header.extensions().end()));
        boolean taken = header.nameOffset() < at + length && at < header.nameOffset() + header.nameLength();
        at = taken ? (int) header.nameOffset() + header.nameLength() : at;
        if (at + length > header.clusterBytes()) {
            throw new IOException(file.name() + " has clusters of " + header.clusterBytes()
                    + " bytes, which have no room for the name of the backing file. Use a shorter name.");
        }
        return at;
    }
}
