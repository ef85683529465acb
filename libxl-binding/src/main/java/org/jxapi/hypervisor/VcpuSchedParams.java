package org.jxapi.hypervisor;

import org.jspecify.annotations.Nullable;

/**
 * Scheduler parameters of one virtual CPU, {@code libxl_sched_params}; only RTDS has them.
 *
 * @param vcpuid number of the virtual CPU
 * @param period microseconds
 * @param budget microseconds
 * @param extratime whether it may use idle time
 */
public record VcpuSchedParams(
        int vcpuid,
        @Nullable Integer period,
        @Nullable Integer budget,
        @Nullable Integer extratime) {}
