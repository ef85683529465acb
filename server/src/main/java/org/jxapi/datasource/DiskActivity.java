package org.jxapi.datasource;

import org.jxapi.hypervisor.DiskCounters;

/**
 * The work of one disk, or of several together, between two looks.
 *
 * @param seconds between the looks
 * @param readNanos the time of all reads; 0 when it is not counted
 * @param writeNanos the time of all writes; 0 when it is not counted
 * @param inFlight requests that are not done; 0 when they are not counted
 */
record DiskActivity(
        double seconds,
        long reads,
        long readBytes,
        long readNanos,
        long writes,
        long writeBytes,
        long writeNanos,
        long inFlight) {
    private static final double NANOS = 1e9;
    private static final double NANOS_OF_MICRO = 1e3;

    static DiskActivity between(double seconds, DiskCounters before, DiskCounters now) {
        return new DiskActivity(
                seconds,
                grown(before.reads(), now.reads()),
                grown(before.readBytes(), now.readBytes()),
                grown(before.readNanos(), now.readNanos()),
                grown(before.writes(), now.writes()),
                grown(before.writeBytes(), now.writeBytes()),
                grown(before.writeNanos(), now.writeNanos()),
                Math.max(0, now.inFlight()));
    }

    /** A counter that is smaller than before has begun again; one that is not known has not grown. */
    private static long grown(long before, long now) {
        if (now == DiskCounters.UNKNOWN || before == DiskCounters.UNKNOWN) {
            return 0;
        }
        return now >= before ? now - before : now;
    }

    static DiskActivity none(double seconds) {
        return new DiskActivity(seconds, 0, 0, 0, 0, 0, 0, 0);
    }

    DiskActivity plus(DiskActivity other) {
        return new DiskActivity(
                seconds,
                reads + other.reads,
                readBytes + other.readBytes,
                readNanos + other.readNanos,
                writes + other.writes,
                writeBytes + other.writeBytes,
                writeNanos + other.writeNanos,
                inFlight + other.inFlight);
    }

    /** Microseconds of a read on average; 0 without reads. */
    double readLatency() {
        return average(readNanos, reads);
    }

    double writeLatency() {
        return average(writeNanos, writes);
    }

    double latency() {
        return average(readNanos + writeNanos, reads + writes);
    }

    private static double average(long nanos, long requests) {
        return requests == 0 ? 0 : nanos / NANOS_OF_MICRO / requests;
    }

    /** Seconds that all requests waited together. */
    double waited() {
        return (readNanos + writeNanos) / NANOS;
    }

    /** Requests that were not done on average. */
    double queue() {
        return seconds > 0 ? waited() / seconds : 0;
    }
}
