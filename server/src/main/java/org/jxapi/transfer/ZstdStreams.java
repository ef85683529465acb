package org.jxapi.transfer;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import com.github.luben.zstd.util.Native;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jxapi.xenapi.Errors;

/**
 * Streams of zstd, the same as the program zstd writes and reads without options. XAPI runs that program
 * (ocaml/libs/zstd/zstd.ml). The first stream loads the native library.
 */
final class ZstdStreams {
    /** The program's default level. */
    private static final int LEVEL = 3;
    /** The largest window accepted, as a power of two: the program's own limit. */
    private static final int LARGEST = 27;
    /** Windows up to this size, as a power of two, always find room: those of the default level. */
    private static final int SMALL = 21;
    /** Bytes outside Java's heap that larger windows may take together. */
    private static final long MEMORY = 256L << 20;

    /** The longest header of a frame, in bytes. */
    private static final int HEADER = 18;

    private static final int MAGIC = 4;
    private static final int SINGLE_SEGMENT = 0x20;
    private static final int[] DICTIONARY_ID = {0, 1, 2, 4};

    private ZstdStreams() {}

    /** The memory that the windows of all streams share. */
    static TransferMemory windows() {
        return new TransferMemory(MEMORY, 1, 1L << SMALL, 1L << LARGEST);
    }

    /** Compresses the output of the work. */
    static void write(OutputStream to, Consumer<OutputStream> work) throws IOException {
        load();
        Frame frame = new Frame(to);
        try (ZstdOutputStreamNoFinalizer packed = new ZstdOutputStreamNoFinalizer(frame, LEVEL)) {
            packed.setChecksum(true);
            try {
                work.accept(packed);
            } catch (RuntimeException | Error e) {
                frame.cut = true;
                throw e;
            }
        }
    }

    /**
     * Decompresses a stream while the work reads it. IMPORT_ERROR when its window is larger than the free memory.
     *
     * @param windows the memory that all streams share
     */
    static <T> T read(BufferedInputStream from, TransferMemory windows, Function<InputStream, T> work)
            throws IOException {
        load();
        long window = window(header(from));
        try (TransferMemory.Taken taken = windows.take(
                        "the window of the zstd stream",
                        window,
                        text -> Errors.importError("Cannot unpack the archive: " + text
                                + ". Pack it with a smaller window, as zstd does without --long and --ultra."));
                ZstdInputStreamNoFinalizer plain = new ZstdInputStreamNoFinalizer(new Body(from))) {
            // Later frames of the stream get no larger window than the first one has taken.
            plain.setLongMax(Math.max(SMALL, Long.SIZE - Long.numberOfLeadingZeros(window - 1)));
            return work.apply(plain);
        }
    }

    private static void load() {
        try {
            Native.load();
        } catch (LinkageError e) {
            throw Errors.operationNotAllowed("This host cannot load the native library of zstd: " + e.getMessage()
                            + ". Use archives without compression or with gzip.")
                    .causedBy(e);
        }
    }

    private static byte[] header(BufferedInputStream in) throws IOException {
        byte[] header = new byte[HEADER];
        in.mark(HEADER);
        in.readNBytes(header, 0, HEADER);
        in.reset();
        return header;
    }

    /** The bytes of output that the decoder of a frame must keep, from the frame's header (RFC 8878, 3.1.1.1). */
    static long window(byte[] header) {
        int descriptor = header[MAGIC] & 0xFF;
        if ((descriptor & SINGLE_SEGMENT) == 0) {
            int window = header[MAGIC + 1] & 0xFF;
            long base = 1L << 10 + (window >> 3);
            return base + (base >> 3) * (window & 7);
        }
        // The window is the whole content, and the header has its size.
        int length = 1 << (descriptor >> 6);
        int at = MAGIC + 1 + DICTIONARY_ID[descriptor & 3];
        long size = length == 2 ? 256 : 0;
        for (int i = 0; i < length; i++) {
            size += (header[at + i] & 0xFFL) << (8 * i);
        }
        return size < 0 ? Long.MAX_VALUE : Math.max(1, size);
    }

    /** The destination of a frame, which gets no end when the work has failed: half an archive must not look whole. */
    private static final class Frame extends OutputStream {
        private final OutputStream to;
        private boolean cut;

        Frame(OutputStream to) {
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!cut) {
                to.write(bytes, offset, length);
            }
        }
    }

    /** A request's body. Only the request closes it. */
    private static final class Body extends FilterInputStream {
        Body(InputStream in) {
            super(in);
        }

        @Override
        public void close() {}
    }
}
