package org.jxapi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.agent.AgentPair;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.daemon.VmModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.Eventually;
import org.jxapi.host.HostMonitor;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.PvInfo;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** Hosts that join a pool while its daemon runs, that cannot be reached, and that leave. */
class HostsComeAndGoTest {
    private final SimulatedHypervisor second = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private final ExecutorService workers = Executors.newCachedThreadPool();

    @TempDir
    Path folder;

    private SimulatedHost first;
    private VmModule vms;
    private Ref<Host> member;

    @BeforeEach
    void open() throws Exception {
        first = new SimulatedHost(Files.createDirectories(folder.resolve("first")));
        first.hosts.runsOn(ThisHost.ref(first.store.snapshot()));
        vms = first.daemon(workers);
    }

    @AfterEach
    void close() {
        vms.stop();
        workers.shutdownNow();
        first.close();
        second.close();
    }

    private void join() {
        member = new FirstBoot(first.store, folder, Clock.systemUTC())
                .join(
                        UUID.randomUUID().toString(),
                        HostReader.read(second, new SimulatedMachine(), true),
                        true,
                        folder.resolve("sr"));
    }

    /** A domain of a VM that has not run yet. */
    private int paused(Hypervisor host, Ref<VM> vm) {
        DomainConfig config = DomainConfig.builder()
                .cInfo(DomainCreateInfo.builder()
                        .type(DomainKind.PV)
                        .name(first.get(vm, VM.NAME_LABEL))
                        .uuid(UUID.fromString(first.get(vm, VM.UUID)))
                        .build())
                .bInfo(DomainBuildInfo.builder()
                        .maxVcpus(1)
                        .maxMemkb(65536L)
                        .targetMemkb(65536L)
                        .kernel("/boot/vmlinuz")
                        .pv(new PvInfo(null, null, null))
                        .build())
                .build();
        return host.domains().create(config);
    }

    private int running(Hypervisor host, Ref<VM> vm) {
        int domid = paused(host, vm);
        host.domains().unpause(domid);
        return domid;
    }

    private void has(Ref<VM> vm, VmPowerState state, Ref<Host> host) throws Exception {
        Eventually.holds(() -> {
            assertThat(first.get(vm, VM.POWER_STATE)).isEqualTo(state);
            assertThat(first.get(vm, VM.RESIDENT_ON)).isEqualTo(host);
        });
    }

    @Test
    void aHostThatIsAddedToARunningDaemonIsWatchedUntilItLeaves() throws Exception {
        vms.start();
        join();
        first.hosts.add(member, second);
        Ref<VM> vm = first.vm("guest", 1, 1);
        int domid = running(second, vm);
        has(vm, VmPowerState.RUNNING, member);
        assertThat(first.hosts.domain(first.store.snapshot(), vm)).isEqualTo(new VmDomain(member, second, domid));

        second.domains().destroy(domid);
        has(vm, VmPowerState.HALTED, Ref.nil());

        first.hosts.remove(member);
        assertThat(first.hosts.several()).isFalse();
        assertThatThrownBy(() -> first.hosts.of(member))
                .isInstanceOfSatisfying(
                        XenApiException.class, e -> assertThat(e.code()).isEqualTo("HOST_OFFLINE"));
        assertThat(first.hosts.hypervisors()).containsExactly(first.xen);
    }

    @Test
    void aHostThatCannotBeReachedKeepsNothingFromTheOthersAndFollowsWhenItCan() throws Exception {
        join();
        try (AgentPair pair = new AgentPair(second, folder)) {
            pair.stopAgent();
            Eventually.holds(() -> assertThat(pair.remote().isConnected()).isFalse());
            first.hosts.add(member, pair.remote());
            vms.start();
            Ref<VM> own = first.vm("own", 1, 1);
            running(first.xen, own);
            has(own, VmPowerState.RUNNING, ThisHost.ref(first.store.snapshot()));
            Ref<HostMetrics> metrics = first.store.snapshot().get(ThisHost.ref(first.store.snapshot()), Host.METRICS);
            first.store.change(tx -> tx.set(metrics, HostMetrics.MEMORY_FREE, 1L));
            new HostMonitor(first.store, first.hosts).measure();
            assertThat(first.store.snapshot().get(metrics, HostMetrics.MEMORY_FREE))
                    .isGreaterThan(1);
            Ref<VM> remote = first.vm("remote", 1, 1);
            int left = paused(second, remote);
            Ref<VM> other = first.vm("other", 1, 1);
            running(second, other);

            pair.startAgent();

            has(other, VmPowerState.RUNNING, member);
            Eventually.holds(() -> assertThat(second.domains().list())
                    .as("what an interrupted start has left")
                    .noneMatch(domain -> domain.domid() == left));
        }
    }

    @Test
    void aHostThatTakesLongHoldsNoOtherUpAndGetsNoMoreWorkMeanwhile() throws Exception {
        join();
        first.hosts.add(member, second);
        SimulatedHypervisor third = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
        Ref<Host> other = Host.XEN_CLASS.ref("OpaqueRef:third");
        first.hosts.add(other, third);
        EachHost each = new EachHost("Test", first.hosts, first.store);
        Set<Ref<Host>> done = ConcurrentHashMap.newKeySet();
        CountDownLatch answer = new CountDownLatch(1);
        EachHost.Work work = host -> {
            if (host.host().equals(member)) {
                awaitQuietly(answer);
            }
            assertThat(done.add(host.host())).isTrue();
        };
        for (int round = 0; round < 2; round++) {
            each.run(work);
            assertThat(done).containsExactlyInAnyOrder(ThisHost.ref(first.store.snapshot()), other);
            done.clear();
        }
        answer.countDown();
        Eventually.holds(() -> assertThat(done).containsExactly(member));
        third.close();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
