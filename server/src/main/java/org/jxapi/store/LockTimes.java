package org.jxapi.store;

/** How long transactions hold the lock that lets one run at a time. */
public final class LockTimes {
    private long count;
    private long sum;
    private long min = Long.MAX_VALUE;
    private long max;

    /** Numbers since the start, in nanoseconds; all 0 before the first transaction. */
    public record Report(long count, long averageNanos, long minNanos, long maxNanos) {}

    synchronized void add(long nanos) {
        count++;
        sum += nanos;
        min = Math.min(min, nanos);
        max = Math.max(max, nanos);
    }

    synchronized Report report() {
        return count == 0 ? new Report(0, 0, 0, 0) : new Report(count, sum / count, min, max);
    }
}
