package org.jxapi.hypervisor.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskCounters;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.NicConfig;

/** Faults that happen as often as they should, loads that counters show, and snapshots of the machine. */
class SimulatorFaultsTest {
    private static final double NANOS = 1e9;

    private final SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT.seeded(7L));

    @AfterEach
    void close() {
        xen.close();
    }

    private int running(UUID uuid) {
        int domid = xen.domains()
                .create(
                        DomainConfig.builder()
                                .cInfo(DomainCreateInfo.builder()
                                        .type(DomainKind.PVH)
                                        .name("guest " + uuid)
                                        .uuid(uuid)
                                        .build())
                                .bInfo(DomainBuildInfo.builder()
                                        .maxVcpus(2)
                                        .maxMemkb(131_072L)
                                        .targetMemkb(131_072L)
                                        .build())
                                .disks(List.of(DiskConfig.builder()
                                        .pdevPath("/dev/null")
                                        .vdev("xvda")
                                        .readwrite(true)
                                        .build()))
                                .nics(List.of(NicConfig.builder().devid(0).build()))
                                .build(),
                        false);
        return domid;
    }

    private static List<Boolean> outcomes(long seed) {
        try (SimulatedHypervisor machine = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT.seeded(seed))) {
            machine.order(
                    "{\"operation\": \"debug-keys\", \"fault\": \"fail\", \"times\": \"always\", \"probability\": 0.5}");
            List<Boolean> failed = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                try {
                    machine.host().debugKeys("q");
                    failed.add(false);
                } catch (HypervisorException e) {
                    failed.add(true);
                }
            }
            return failed;
        }
    }

    @Test
    void aSeedMakesChanceTheSameInEveryRun() {
        assertThat(outcomes(1)).isEqualTo(outcomes(1)).contains(true, false).isNotEqualTo(outcomes(2));
        SimulatorFaultsTest other = new SimulatorFaultsTest();
        UUID uuid = new UUID(1, 1);
        assertThat(xen.bootId(running(uuid))).isEqualTo(other.xen.bootId(other.running(uuid)));
        other.close();
    }

    @Test
    void aFaultIsForOneDomainAndSoManyTimes() {
        UUID uuid = new UUID(4, 4);
        int unlucky = running(uuid);
        int lucky = running(new UUID(5, 5));
        xen.order("{\"operation\": \"pause\", \"fault\": \"fail\", \"error\": \"NOMEM\", \"times\": 2, \"vm\": \""
                + uuid + "\"}");
        xen.domains().pause(lucky);
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> xen.domains().pause(unlucky))
                    .isInstanceOfSatisfying(
                            HypervisorException.class,
                            e -> assertThat(e.error()).isEqualTo(LibxlError.NOMEM));
        }
        xen.domains().pause(unlucky);
        assertThat(xen.faults().pending()).isEmpty();
    }

    @Test
    void aDelayComesBeforeTheOperation() {
        int domid = running(new UUID(6, 6));
        xen.order("{\"operation\": \"pause\", \"fault\": \"slow\", \"delay_ms\": 50}");
        long begin = System.nanoTime();
        xen.domains().pause(domid);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(49));
        assertThat(xen.domains().info(domid).paused()).isTrue();
    }

    @Test
    void aLoadMovesTheCounters() throws Exception {
        int domid = running(new UUID(8, 8));
        DiskCounters disk = xen.statistics().disks().get(0);
        long cpu = xen.domains().info(domid).cpuTime();
        // The kernel sends what the guest receives.
        long received = xen.statistics().links().get("vif" + domid + ".0").txBytes();
        xen.order("{\"domain\": " + domid
                + ", \"load\": {\"cpu\": 1, \"disk_read\": 1099511627776, \"network_receive\": 1099511627776}}");
        long begin = System.nanoTime();
        long seconds = 1 << 30;
        while (xen.statistics().disks().get(0).readBytes() - disk.readBytes() < seconds) {
            Thread.onSpinWait();
        }
        while (xen.domains().info(domid).cpuTime() - cpu < 0.01 * NANOS) {
            Thread.onSpinWait();
        }
        double took = (System.nanoTime() - begin) / NANOS;
        assertThat(xen.statistics().links().get("vif" + domid + ".0").txBytes() - received)
                .isGreaterThan(seconds);
        assertThat(xen.domains().info(domid).cpuTime() - cpu)
                .as("two CPUs busy")
                .isGreaterThan((long) (took * NANOS));
        xen.domains().pause(domid);
        long paused = xen.domains().info(domid).cpuTime();
        assertThat(xen.domains().info(domid).cpuTime()).isEqualTo(paused);
    }

    @Test
    void aMachineReturnsToASnapshot() {
        int kept = running(new UUID(9, 9));
        int ended = running(new UUID(10, 10));
        MachineSnapshot before = xen.snapshot();
        assertThat(before.size()).isEqualTo(2);
        xen.domains().destroy(ended);
        int later = running(new UUID(11, 11));
        xen.order("{\"link\": \"eth0\", \"carrier\": false}");
        assertThat(xen.statistics().carrier("eth0")).isFalse();
        assertThat(xen.restore(before)).containsExactlyInAnyOrder(ended, later);
        assertThat(xen.statistics().carrier("eth0")).isTrue();
        assertThat(xen.domains().list()).extracting(domain -> domain.domid()).containsExactly(0, kept, ended);
        assertThat(xen.domains().info(ended).running()).isTrue();
        assertThat(running(new UUID(12, 12))).as("no number is given twice").isGreaterThan(later);
    }
}
