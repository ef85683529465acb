package org.jxapi.transfer;

import java.util.concurrent.TimeUnit;
import org.jxapi.dispatch.Call;

/** The progress of the disks of a transfer. It updates the task, and ends the transfer when that is cancelled. */
public final class Progress {
    private static final long PACE = TimeUnit.SECONDS.toNanos(1);

    private final Call call;
    private double total;
    private long done;
    private long told = System.nanoTime();

    public Progress(Call call, long total) {
        this.call = call;
        this.total = Math.max(1, total);
    }

    /** Of these bytes there are only so many to be moved. */
    public void expect(long bytes) {
        total = Math.max(1, done + bytes);
    }

    /** That many bytes more are done. */
    public void add(long bytes) {
        done += bytes;
        if (System.nanoTime() - told >= PACE) {
            told = System.nanoTime();
            call.throwIfCancelled();
            call.progress(done / total);
        }
    }
}
