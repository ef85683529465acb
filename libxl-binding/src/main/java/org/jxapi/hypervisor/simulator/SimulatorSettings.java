package org.jxapi.hypervisor.simulator;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The properties of the simulated machine.
 *
 * @param cpus number of physical CPUs
 * @param memoryKib memory of the machine, in KiB
 * @param domainZeroKib memory of the control domain after the machine's boot, in KiB
 * @param domainZeroFixed whether it has that from Xen's command line
 * @param boot how long a guest takes from its start until its agent talks
 * @param shutdown how long a guest takes to obey a shutdown or reboot request
 * @param nics names of its physical network interfaces
 * @param seed makes what is random the same in every run; null for real chance
 */
public record SimulatorSettings(
        int cpus,
        long memoryKib,
        long domainZeroKib,
        boolean domainZeroFixed,
        Duration boot,
        Duration shutdown,
        List<String> nics,
        @Nullable Long seed) {
    private static final long GIB = 1L << 20;

    /** A machine of 16 CPUs and 64 GiB whose guests take a few seconds for what takes guests a while. */
    public static final SimulatorSettings LIFELIKE =
            new SimulatorSettings(16, 64 * GIB, 4 * GIB, true, Duration.ofSeconds(3), Duration.ofSeconds(2));

    /** The same machine, with guests that do everything at once. */
    public static final SimulatorSettings INSTANT =
            new SimulatorSettings(16, 64 * GIB, 4 * GIB, true, Duration.ZERO, Duration.ZERO);

    /** A machine with one network interface and real chance. */
    public SimulatorSettings(
            int cpus, long memoryKib, long domainZeroKib, boolean domainZeroFixed, Duration boot, Duration shutdown) {
        this(cpus, memoryKib, domainZeroKib, domainZeroFixed, boot, shutdown, List.of("eth0"), null);
    }

    /** The same machine with that seed; null for real chance. */
    public SimulatorSettings seeded(@Nullable Long other) {
        return new SimulatorSettings(cpus, memoryKib, domainZeroKib, domainZeroFixed, boot, shutdown, nics, other);
    }
}
