package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * Scheduler parameters of a domain, {@code libxl_domain_sched_params}. Null leaves a value as it is.
 *
 * @param sched scheduler these are for; {@link Scheduler#UNKNOWN} or null means the one of its cpupool
 * @param weight share, 1 to 65535; 256 is usual
 * @param cap percent of one CPU; 0 is no cap
 * @param period microseconds (RTDS)
 * @param budget microseconds (RTDS)
 * @param extratime RTDS
 */
public record DomainSchedParams(
        @Nullable Scheduler sched,
        @Nullable Integer weight,
        @Nullable Integer cap,
        @Nullable Integer period,
        @Nullable Integer budget,
        @Nullable Integer extratime) {
    /** Parameters of the credit schedulers. */
    public static DomainSchedParams credit(@Nullable Integer weight, @Nullable Integer cap) {
        return new DomainSchedParams(null, weight, cap, null, null, null);
    }
}
