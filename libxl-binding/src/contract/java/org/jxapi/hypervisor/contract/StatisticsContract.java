package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.LinkCounters;
import org.jxapi.hypervisor.Statistics;

/** The counters of the machine. */
interface StatisticsContract extends Contract {
    default Statistics statistics() {
        return hypervisor().statistics();
    }

    @Test
    default void eachPhysicalCpuHasAnIdleTimeThatOnlyGrows() {
        List<Long> before = statistics().cpuIdle();
        assertThat(before).hasSize(hypervisor().host().physInfo().nrCpus()).allMatch(nanos -> nanos > 0);
        eventually("a CPU has been idle", () -> {
            List<Long> now = statistics().cpuIdle();
            long grown = 0;
            for (int cpu = 0; cpu < before.size(); cpu++) {
                assertThat(now.get(cpu)).isGreaterThanOrEqualTo(before.get(cpu));
                grown += now.get(cpu) - before.get(cpu);
            }
            return grown > 0;
        });
    }

    @Test
    default void theControlDomainHasALoadAndMemory() {
        assertThat(statistics().load()).isNotNegative();
        assertThat(statistics().availableMemkb()).isPositive();
    }

    @Test
    default void linksAndDisksCountFromTheirBeginningOn() {
        for (LinkCounters link : statistics().links().values()) {
            assertThat(link.rxBytes()).isNotNegative();
            assertThat(link.txBytes()).isNotNegative();
        }
        for (DiskCounters disk : statistics().disks()) {
            assertThat(disk.vdev()).matches("[a-z]+[0-9]*");
            assertThat(disk.reads()).isNotNegative();
        }
    }
}
