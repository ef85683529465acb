package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pages of an image's tables that are in memory: a bounded number, of which the least recently used leave. Changed
 * pages go to disk in an order that keeps the image consistent whenever the power is cut: see {@link #write}.
 */
final class Pages {
    /** The tables of an image, in the order in which their changes go to disk. */
    enum Table {
        REFCOUNT_BLOCK,
        REFCOUNT_TABLE,
        L2,
        L1
    }

    private static final int LARGEST_PAGE = 64 * 1024;
    private static final int BYTES_TO_READ = 1 << 20;
    private static final int BYTES_TO_WRITE = 4 << 20;

    private static final class Page {
        private final Table table;
        private final long position;
        private final ByteBuffer bytes;
        private boolean changed;

        private Page(Table table, long position, int length) {
            this.table = table;
            this.position = position;
            this.bytes = ByteBuffer.allocate(length);
        }
    }

    private final ImageFile file;
    private final int clusterBytes;
    private final int pageBytes;
    private final int room;
    private final Map<Long, Page> pages = new LinkedHashMap<>(16, 0.75f, true);
    private int changed;

    Pages(ImageFile file, int clusterBytes, boolean writable) {
        this.file = file;
        this.clusterBytes = clusterBytes;
        this.pageBytes = Math.min(clusterBytes, LARGEST_PAGE);
        this.room = (writable ? BYTES_TO_WRITE : BYTES_TO_READ) / pageBytes;
    }

    long getLong(Table table, long position) throws IOException {
        return page(table, position).bytes.getLong((int) (position & pageBytes - 1));
    }

    int getShort(Table table, long position) throws IOException {
        return page(table, position).bytes.getShort((int) (position & pageBytes - 1)) & 0xFFFF;
    }

    /** The first position of a short that is zero, or is not; {@code end} if there is none. */
    long findShort(Table table, boolean zero, long from, long end) throws IOException {
        for (long start = from; start < end; start = (start & -(long) pageBytes) + pageBytes) {
            ByteBuffer bytes = page(table, start).bytes;
            int last = (int) Math.min(pageBytes, end - (start & -(long) pageBytes));
            for (int at = (int) (start & pageBytes - 1); at < last; at += Short.BYTES) {
                if (bytes.getShort(at) == 0 == zero) {
                    return (start & -(long) pageBytes) + at;
                }
            }
        }
        return end;
    }

    void putLong(Table table, long position, long value) throws IOException {
        toChange(table, position).putLong((int) (position & pageBytes - 1), value);
    }

    void putShort(Table table, long position, int value) throws IOException {
        toChange(table, position).putShort((int) (position & pageBytes - 1), (short) value);
    }

    /** A cluster becomes part of a table, and is all zeros. */
    void add(Table table, long cluster) throws IOException {
        for (long position = cluster; position < cluster + clusterBytes; position += pageBytes) {
            makeRoom();
            Page page = new Page(table, position, pageBytes);
            pages.put(position, page);
            change(page);
        }
    }

    /** Clusters are not part of a table any more. */
    void remove(long cluster, long clusters) {
        long end = cluster + clusters * clusterBytes;
        for (Iterator<Page> all = pages.values().iterator(); all.hasNext(); ) {
            Page page = all.next();
            if (page.position >= cluster && page.position < end) {
                changed -= page.changed ? 1 : 0;
                all.remove();
            }
        }
    }

    private Page page(Table table, long position) throws IOException {
        long start = position & -(long) pageBytes;
        Page page = pages.get(start);
        if (page == null) {
            makeRoom();
            page = new Page(table, start, pageBytes);
            file.read(start, page.bytes);
            pages.put(start, page);
        } else if (page.table != table) {
            throw ImageFormatException.damaged(
                    file.name(), "two tables, " + page.table + " and " + table + ", share the cluster at " + start);
        }
        return page;
    }

    private void makeRoom() {
        // At most half of the pages are changed, so there is always one that can leave.
        for (Iterator<Page> eldest = pages.values().iterator(); pages.size() >= room; ) {
            if (!eldest.next().changed) {
                eldest.remove();
            }
        }
    }

    private ByteBuffer toChange(Table table, long position) throws IOException {
        Page page = page(table, position);
        if (!page.changed) {
            change(page);
        }
        return page.bytes;
    }

    private void change(Page page) throws IOException {
        if (changed >= room / 2) {
            write();
        }
        page.changed = true;
        changed++;
    }

    /** Whether changes are not written yet. */
    boolean changed() {
        return changed > 0;
    }

    /**
     * Writes all changed pages. Whatever an entry refers to is on disk before the entry is: the refcounts of a cluster, and
     * its data, before an L2 table has it; a new table before another one has it. So a power cut leaves the old entry or a
     * complete new one, and at worst clusters that are counted but not used. The last pages written may not be on disk yet.
     */
    void write() throws IOException {
        write(Table.REFCOUNT_BLOCK, false);
        write(Table.REFCOUNT_TABLE, true);
        write(Table.L2, true);
        write(Table.L1, true);
    }

    private void write(Table table, boolean sync) throws IOException {
        List<Page> found = new ArrayList<>();
        for (Page page : pages.values()) {
            if (page.changed && page.table == table) {
                found.add(page);
            }
        }
        if (found.isEmpty()) {
            return;
        }
        if (sync) {
            file.sync();
        }
        found.sort(Comparator.comparingLong(page -> page.position));
        for (Page page : found) {
            file.write(page.position, page.bytes.duplicate().clear());
            page.changed = false;
            changed--;
        }
    }
}
