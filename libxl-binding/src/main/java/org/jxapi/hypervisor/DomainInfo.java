package org.jxapi.hypervisor;

import java.util.UUID;

/**
 * State of a domain at one moment, {@code libxl_dominfo}.
 *
 * @param running a virtual CPU is on a host CPU now
 * @param blocked it waits for something
 * @param paused paused by the toolstack
 * @param shutdown it has shut down and waits to be destroyed
 * @param dying it is being destroyed
 * @param shutdownReason why it shut down; {@code UNKNOWN} unless {@code shutdown}
 * @param outstandingMemkb KiB claimed and not yet given
 * @param currentMemkb KiB it has
 * @param sharedMemkb KiB
 * @param pagedMemkb KiB
 * @param maxMemkb KiB it may have
 * @param cpuTime nanoseconds, all virtual CPUs together; 0 for a domain that has never run
 * @param vcpuMaxId highest virtual CPU number
 * @param vcpuOnline virtual CPUs online
 */
public record DomainInfo(
        UUID uuid,
        int domid,
        DomainKind domainType,
        boolean running,
        boolean blocked,
        boolean paused,
        boolean shutdown,
        boolean dying,
        ShutdownReason shutdownReason,
        long outstandingMemkb,
        long currentMemkb,
        long sharedMemkb,
        long pagedMemkb,
        long maxMemkb,
        long cpuTime,
        int vcpuMaxId,
        int vcpuOnline,
        int cpupool) {}
