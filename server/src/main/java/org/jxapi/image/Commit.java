package org.jxapi.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;

/** Copies what an image holds itself into the image below it. */
final class Commit {
    private static final int PIECE = 1 << 20;

    private Commit() {}

    /** Afterwards the image below, on disk, reads as the other one, with zeros behind the end of that. */
    static void copy(Layered from, Image into, LongConsumer progress) throws IOException {
        if (into.bytes() < from.bytes()) {
            into.resize(from.bytes());
        }
        long done = 0;
        ByteBuffer buffer = ByteBuffer.allocate(PIECE);
        for (Range range = from.held(0); range != null; range = from.held(range.end())) {
            for (long at = range.offset(); at < range.end(); ) {
                int length = (int) Math.min(PIECE, range.end() - at);
                if (range.zeros()) {
                    clear(into, at, length);
                } else {
                    from.read(at, buffer.clear().limit(length));
                    into.write(at, buffer.flip());
                }
                at += length;
                done += length;
                progress.accept(done);
            }
        }
        if (into.bytes() > from.bytes()) {
            clear(into, from.bytes(), into.bytes() - from.bytes());
        }
        into.sync();
    }

    private static void clear(Image image, long offset, long length) throws IOException {
        if (!image.clear(offset, length)) {
            Buffers.writeZeros(image, offset, length);
        }
    }
}
