package org.jxapi.hypervisor.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.LinkCounters;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.Statistics;

/**
 * Counters of the simulated machine. Those of guests follow from the time that they have run, and those of the machine from
 * the clock, so that a restart of the daemon interrupts none.
 */
record SimulatedStatistics(SimulatorState state) implements Statistics {
    private static final double NANOS = 1e9;
    /** A period of everything that rises and falls, in seconds. */
    private static final double PERIOD = 600;

    private static final long NIC_BYTES = 20_000;
    private static final long VIF_RX_BYTES = 400_000;
    private static final long VIF_TX_BYTES = 100_000;
    private static final long READS = 200;
    private static final long WRITES = 100;
    private static final long READ_BYTES = 16 * 1024;
    private static final long WRITE_BYTES = 8 * 1024;
    private static final long READ_NANOS = 150_000;
    private static final long WRITE_NANOS = 400_000;

    /** Seconds since 1970. */
    private static double clock() {
        return System.currentTimeMillis() / 1e3;
    }

    /** The clock, except that it goes faster and slower in turn. */
    private static double uneven(double seconds, double phase) {
        double turn = 2 * Math.PI / PERIOD;
        return seconds + Math.sin(seconds * turn + phase) / turn / 2;
    }

    @Override
    public List<Long> cpuIdle() {
        List<Long> idle = new ArrayList<>();
        double now = clock();
        for (int cpu = 0; cpu < state.settings.cpus(); cpu++) {
            idle.add((long) ((now - uneven(now, cpu) / 5) * NANOS));
        }
        return idle;
    }

    @Override
    public double load() {
        return Math.round(100 * (0.5 + Math.sin(clock() * 2 * Math.PI / PERIOD) / 4)) / 100.0;
    }

    @Override
    public long availableMemkb() {
        return state.domainZeroKib / 2;
    }

    @Override
    public Map<String, LinkCounters> links() {
        Map<String, LinkCounters> links = new HashMap<>();
        double now = clock();
        for (String nic : state.settings.nics()) {
            links.put(
                    nic,
                    new LinkCounters(
                            (long) (uneven(now, 0) * NIC_BYTES), 0, (long) (uneven(now, Math.PI) * NIC_BYTES), 0));
        }
        synchronized (state) {
            for (SimulatedDomain domain : state.domains.values()) {
                double ran = domain.idleTime() / NANOS;
                GuestLoad.Done more = domain.load.now();
                for (NicConfig nic : domain.config.nics()) {
                    // The kernel receives what the guest sends.
                    links.put(
                            "vif" + domain.domid + "." + nic.devid(),
                            new LinkCounters(
                                    (long) (ran * VIF_RX_BYTES) + more.sent(),
                                    0,
                                    (long) (ran * VIF_TX_BYTES) + more.received(),
                                    0));
                }
            }
        }
        return links;
    }

    @Override
    public boolean carrier(String link) {
        return links().containsKey(link) && !state.unplugged.contains(link);
    }

    @Override
    public List<DiskCounters> disks() {
        List<DiskCounters> all = new ArrayList<>();
        synchronized (state) {
            for (SimulatedDomain domain : state.domains.values()) {
                for (DiskConfig disk : domain.config.disks()) {
                    if (disk.pdevPath() != null) {
                        all.add(counters(domain, disk));
                    }
                }
            }
        }
        return all;
    }

    private static DiskCounters counters(SimulatedDomain domain, DiskConfig disk) {
        double ran = domain.idleTime() / NANOS;
        GuestLoad.Done more = domain.load.now();
        long reads = (long) (ran * READS) + more.read() / READ_BYTES;
        long writes = disk.readwrite() ? (long) (ran * WRITES) + more.write() / WRITE_BYTES : 0;
        return new DiskCounters(
                domain.domid,
                disk.vdev(),
                reads,
                reads * READ_BYTES,
                reads * READ_NANOS,
                writes,
                writes * WRITE_BYTES,
                writes * WRITE_NANOS,
                reads % 2);
    }
}
