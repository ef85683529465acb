package org.jxapi.hypervisor;

/**
 * The work of a guest's disk since it was plugged in.
 *
 * @param domid the guest
 * @param vdev name in the guest: xvda, hda…
 * @param reads requests to read that are done
 * @param readBytes bytes read
 * @param readNanos nanoseconds that these requests took together; {@link #UNKNOWN} when nobody counts them
 * @param writes requests to write that are done
 * @param writeBytes bytes written
 * @param writeNanos nanoseconds that these requests took together, or {@link #UNKNOWN}
 * @param inFlight requests that are not done; {@link #UNKNOWN} when nobody counts them
 */
public record DiskCounters(
        int domid,
        String vdev,
        long reads,
        long readBytes,
        long readNanos,
        long writes,
        long writeBytes,
        long writeNanos,
        long inFlight) {
    /** Something that is not counted. */
    public static final long UNKNOWN = -1;
}
