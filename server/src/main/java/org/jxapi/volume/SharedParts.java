package org.jxapi.volume;

import java.io.Closeable;
import java.io.IOException;

/** The parts of two volumes of which the storage knows, without reading them, that they are the same. For one thread. */
public interface SharedParts extends Closeable {
    /**
     * A part of two volumes.
     *
     * @param length in bytes
     * @param same whether it is surely the same in both; it may differ otherwise
     */
    record Part(long length, boolean same) {}

    /** Nothing is known. */
    SharedParts NONE = new SharedParts() {
        @Override
        public Part part(long offset, long length) {
            return new Part(length, false);
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /**
     * A part that begins there and is alike, of {@code length} bytes at most.
     *
     * @param length at least 1
     */
    Part part(long offset, long length) throws IOException;
}
