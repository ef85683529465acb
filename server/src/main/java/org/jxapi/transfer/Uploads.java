package org.jxapi.transfer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VDI;

/**
 * The uploads to disks that are under way. Xen Orchestra's client begins an upload, abandons it without a byte of data and
 * begins it again, so an upload waits a little for an earlier one that has no data yet. It would fail with VDI_IN_USE. Only
 * one upload waits for each disk, so that waits keep few threads.
 */
final class Uploads {
    private final Duration patience;
    private final Map<Ref<VDI>, Body> running = new HashMap<>();
    private final Set<Ref<VDI>> awaited = new HashSet<>();

    Uploads(Duration patience) {
        this.patience = patience;
    }

    /** Begins an upload to a disk, which ends when its body is closed. The connection stays open. */
    synchronized Body begin(Ref<VDI> vdi, InputStream in) {
        if (awaited.add(vdi)) {
            try {
                awaitAbandoned(vdi);
            } finally {
                awaited.remove(vdi);
            }
        }
        Body body = new Body(in, vdi);
        running.putIfAbsent(vdi, body);
        return body;
    }

    private void awaitAbandoned(Ref<VDI> vdi) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (Body other = running.get(vdi); other != null && !other.begun; other = running.get(vdi)) {
                long left = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (left <= 0) {
                    return;
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.internalError("The daemon is stopping").causedBy(e);
        }
    }

    private synchronized void begun(Body body) {
        body.begun = true;
        notifyAll();
    }

    private synchronized void ended(Body body) {
        running.remove(body.vdi, body);
        notifyAll();
    }

    /** The data of an upload. */
    final class Body extends FilterInputStream {
        private final Ref<VDI> vdi;
        /** Whether data have come. */
        private boolean begun;

        Body(InputStream in, Ref<VDI> vdi) {
            super(in);
            this.vdi = vdi;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = super.read(bytes, offset, length);
            if (!begun && count > 0) {
                begun(this);
            }
            return count;
        }

        @Override
        public void close() {
            ended(this);
        }
    }
}
