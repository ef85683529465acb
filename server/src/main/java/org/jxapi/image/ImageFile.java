package org.jxapi.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The file or block device that stores an image. */
interface ImageFile extends Closeable {
    /** Fills the buffer from there. The buffer gets zeros beyond the end of the file. */
    void read(long position, ByteBuffer to) throws IOException;

    /** Writes all of the buffer there. */
    void write(long position, ByteBuffer from) throws IOException;

    /** Gives the space of a part back to the file system, where it can. The part has any contents afterwards. */
    void discard(long position, long length);

    /** Waits until everything that was written is on disk. Once that has failed, nothing can be written any more. */
    void sync() throws IOException;

    /** The length of the file, or the size of the device. */
    long size() throws IOException;

    /** The name for messages. */
    String name();
}
