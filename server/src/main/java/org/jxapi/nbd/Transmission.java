package org.jxapi.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.image.Image;
import org.jxapi.storage.OpenDisk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The requests of a client that has got its disk, one after the other. Nothing that it sends changes the disk. */
final class Transmission {
    private static final Logger LOG = LoggerFactory.getLogger(Transmission.class);

    /** How long a client may take for the rest of a request. */
    private static final Duration PROMPT = Duration.ofSeconds(60);
    /** The most that is read of the disk, or of a client, before it goes on its way. */
    private static final int PIECE = 256 * 1024;
    /** The most extents in one reply; a client asks again for what is behind them. */
    private static final int MOST_EXTENTS = 1024;

    private final Connection connection;
    private final OpenDisk disk;
    private final boolean structured;
    private final boolean allocation;
    private final Replies replies;
    private final byte[] piece = new byte[PIECE];

    /**
     * @param structured whether the client takes structured replies
     * @param allocation whether it may ask where the holes are
     */
    Transmission(Connection connection, OpenDisk disk, boolean structured, boolean allocation) {
        this.connection = connection;
        this.disk = disk;
        this.structured = structured;
        this.allocation = allocation;
        this.replies = new Replies(connection);
    }

    /** Serves until the client has had enough. */
    void serve() throws IOException {
        while (true) {
            connection.deadline().idle();
            int first = connection.in().read();
            if (first < 0) {
                return;
            }
            connection.deadline().within(PROMPT);
            Request request = Request.read(first, connection.in());
            if (request.type() == Wire.CMD_DISC) {
                return;
            }
            answer(request);
            replies.flush();
        }
    }

    private void answer(Request request) throws IOException {
        switch (request.type()) {
            case Wire.CMD_READ -> read(request);
            case Wire.CMD_BLOCK_STATUS -> blockStatus(request);
            case Wire.CMD_FLUSH -> replies.simple(request, 0);
            case Wire.CMD_WRITE -> {
                skip(request.length());
                replies.simple(request, Wire.EPERM);
            }
            case Wire.CMD_TRIM, Wire.CMD_WRITE_ZEROES -> replies.simple(request, Wire.EPERM);
            default -> replies.simple(request, Wire.EINVAL);
        }
    }

    /** Passes over data that was to be written. */
    private void skip(long length) throws IOException {
        if (length > Wire.LONGEST_READ) {
            throw new IOException("it wants to write " + length + " bytes at once");
        }
        for (long left = length; left > 0; left -= PIECE) {
            connection.deadline().within(PROMPT);
            connection.in().readFully(piece, 0, (int) Math.min(PIECE, left));
        }
    }

    private void read(Request request) throws IOException {
        int known = structured ? Wire.FLAG_DF : 0;
        if (!request.inside(disk.bytes()) || request.length() > Wire.LONGEST_READ || request.has(~known)) {
            fail(request, Wire.EINVAL, "no such bytes, or too many");
        } else if (!structured) {
            readWhole(request);
        } else if (request.has(Wire.FLAG_DF)) {
            readUnbroken(request);
        } else {
            readInChunks(request);
        }
    }

    /** In a simple reply an error can only come first. */
    private void readWhole(Request request) throws IOException {
        try {
            for (long done = 0; done < Math.max(1, request.length()); done += PIECE) {
                int length = (int) Math.min(PIECE, request.length() - done);
                fill(request.offset() + done, length);
                if (done == 0) {
                    replies.simple(request, 0);
                }
                replies.bytes(piece, length);
            }
        } catch (ReadException e) {
            if (e.offset > request.offset()) {
                throw new IOException("its reply cannot be completed: " + e.getMessage(), e);
            }
            fail(request, Wire.EIO, String.valueOf(e.getMessage()));
        }
    }

    private void readUnbroken(Request request) throws IOException {
        if (request.length() > PIECE) {
            fail(request, Wire.EOVERFLOW, "too much for one chunk");
            return;
        }
        int length = (int) request.length();
        try {
            fill(request.offset(), length);
        } catch (ReadException e) {
            fail(request, Wire.EIO, String.valueOf(e.getMessage()));
            return;
        }
        if (length == 0) {
            replies.chunk(request, true, Wire.CHUNK_NONE, 0);
        } else {
            replies.data(request, true, request.offset(), piece, length);
        }
    }

    private void readInChunks(Request request) throws IOException {
        long at = request.offset();
        long end = at + request.length();
        if (at == end) {
            replies.chunk(request, true, Wire.CHUNK_NONE, 0);
        }
        try {
            while (at < end) {
                Image.Extent extent = extent(at, end - at);
                int length = (int) (extent.hole() ? extent.length() : Math.min(PIECE, extent.length()));
                boolean last = at + length == end;
                if (extent.hole()) {
                    replies.hole(request, last, at, length);
                } else {
                    fill(at, length);
                    replies.data(request, last, at, piece, length);
                }
                at += length;
            }
        } catch (ReadException e) {
            fail(request, Wire.EIO, String.valueOf(e.getMessage()));
        }
    }

    /** Where a read has failed. */
    private static final class ReadException extends Exception {
        private static final long serialVersionUID = 1;

        private final long offset;

        ReadException(long offset, XenApiException cause) {
            super(cause.getMessage(), cause);
            this.offset = offset;
        }
    }

    /** Fills the piece from the disk, without reading holes. The client is not late if the disk is slow. */
    private void fill(long offset, int length) throws ReadException {
        connection.deadline().lift();
        try {
            if (disk.hole(offset, length)) {
                Arrays.fill(piece, 0, length, (byte) 0);
            } else {
                disk.read(offset, piece, length);
            }
        } catch (XenApiException e) {
            throw failed(offset, e);
        }
    }

    private Image.Extent extent(long offset, long length) throws ReadException {
        connection.deadline().lift();
        try {
            return disk.extent(offset, length);
        } catch (XenApiException e) {
            throw failed(offset, e);
        }
    }

    private ReadException failed(long offset, XenApiException e) {
        LOG.warn("NBD: cannot read a disk at {} for {}: {}", offset, connection.peer(), e.getMessage());
        return new ReadException(offset, e);
    }

    private void blockStatus(Request request) throws IOException {
        if (!allocation || !request.inside(disk.bytes()) || request.length() == 0 || request.has(~Wire.FLAG_REQ_ONE)) {
            fail(request, Wire.EINVAL, "no such bytes, or no metadata context");
            return;
        }
        int most = request.has(Wire.FLAG_REQ_ONE) ? 1 : MOST_EXTENTS;
        ByteBuffer extents = ByteBuffer.allocate(2 * Integer.BYTES * most);
        long end = request.offset() + request.length();
        try {
            for (long at = request.offset(); at < end && extents.hasRemaining(); ) {
                Image.Extent extent = extent(at, end - at);
                extents.putInt((int) extent.length()).putInt(extent.hole() ? Wire.STATE_HOLE_AND_ZERO : 0);
                at += extent.length();
            }
        } catch (ReadException e) {
            fail(request, Wire.EIO, String.valueOf(e.getMessage()));
            return;
        }
        replies.chunk(request, true, Wire.CHUNK_BLOCK_STATUS, Integer.BYTES + extents.position());
        replies.bytes(
                ByteBuffer.allocate(Integer.BYTES).putInt(Wire.ALLOCATION_ID).array(), Integer.BYTES);
        replies.bytes(extents.array(), extents.position());
    }

    private void fail(Request request, int error, String message) throws IOException {
        if (structured) {
            replies.error(request, error, message);
        } else {
            replies.simple(request, error);
        }
    }
}
