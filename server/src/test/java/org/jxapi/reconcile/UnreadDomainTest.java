package org.jxapi.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.ForeignRules;
import org.jxapi.harness.HandClock;
import org.jxapi.harness.Intercepted;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.local.Hosts;
import org.jxapi.local.ThisHost;
import org.jxapi.vm.PowerStates;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** A domain of another tool that is long in the making, so that libxl has no configuration of it for minutes. */
class UnreadDomainTest {
    /** What ReconciliationTest's domains may have, in KiB. */
    private static final long MOST_KIB = 131_072;

    @TempDir
    Path folder;

    private final HandClock clock = new HandClock("2026-11-29T12:00:00Z");
    private SimulatedHost host;
    private Path disk;
    private ForeignDomains foreign;
    private boolean readable;

    @BeforeEach
    void open() throws IOException {
        disk = Files.write(folder.resolve("slow.img"), new byte[4096]);
        host = new SimulatedHost(folder);
        Domains domains = Intercepted.of(Domains.class, (method, call) -> {
            if (method.equals("config") && !readable) {
                throw new HypervisorException(LibxlError.FAIL, "Fail to get domain configuration");
            }
            return call.on(host.xen.domains());
        });
        Hypervisor xen = Intercepted.of(
                Hypervisor.class, (method, call) -> method.equals("domains") ? domains : call.on(host.xen));
        foreign = new ForeignDomains(
                host.store,
                new Hosts.Driven(ThisHost.ref(host.store.snapshot()), xen),
                host.disks,
                new PowerStates(host.store, host.hosts, clock),
                clock);
    }

    @AfterEach
    void close() {
        host.close();
    }

    /** A domain with more pages than its configuration has, as HVM guests have. */
    private DomainInfo create() {
        int domid = host.xen
                .domains()
                .create(
                        ReconciliationTest.domain("slow")
                                .disks(List.of(DiskConfig.disk(disk.toString(), "xvda", DiskFormat.RAW)))
                                .nics(List.of(ReconciliationTest.nic()))
                                .build(),
                        false);
        DomainInfo made = host.xen.domains().info(domid);
        return new DomainInfo(
                made.uuid(),
                made.domid(),
                made.domainType(),
                made.running(),
                made.blocked(),
                made.paused(),
                made.shutdown(),
                made.dying(),
                made.shutdownReason(),
                made.outstandingMemkb(),
                MOST_KIB + 256,
                made.sharedMemkb(),
                made.pagedMemkb(),
                made.maxMemkb(),
                made.cpuTime(),
                made.vcpuMaxId(),
                made.vcpuOnline(),
                made.cpupool());
    }

    private Row<VM> row(Ref<VM> vm) {
        return host.store.snapshot().row(vm);
    }

    private boolean completes(Ref<VM> vm, DomainInfo domain) {
        return foreign.complete(vm, row(vm), domain);
    }

    @Test
    void itAppearsWithoutDevicesAndHasThemOnceItsConfigurationIsThere() {
        DomainInfo domain = create();
        assertThat(foreign.appeared(domain)).as("in the first moment").isFalse();
        clock.pass(Duration.ofSeconds(31));
        assertThat(foreign.appeared(domain)).as("after half a minute").isTrue();
        Ref<VM> vm = host.store
                .snapshot()
                .byUuid(VM.XEN_CLASS, domain.uuid().toString())
                .orElseThrow()
                .ref();
        assertThat(row(vm).get(VM.NAME_LABEL)).isEqualTo("domain " + domain.domid());
        assertThat(row(vm).get(VM.OTHER_CONFIG)).containsKeys(ForeignRules.MARK, ForeignRules.UNREAD);
        assertThat(row(vm).get(VM.VBDS)).isEmpty();

        assertThat(completes(vm, domain)).isFalse();
        clock.pass(Duration.ofSeconds(6));
        assertThat(completes(vm, domain)).as("while there is none").isFalse();
        readable = true;
        assertThat(completes(vm, domain)).as("too soon after the last look").isFalse();
        clock.pass(Duration.ofSeconds(6));
        assertThat(completes(vm, domain)).isTrue();
        assertThat(row(vm).get(VM.NAME_LABEL)).isEqualTo("slow");
        assertThat(row(vm).get(VM.PV_KERNEL)).isEqualTo("/boot/vmlinuz");
        assertThat(row(vm).get(VM.OTHER_CONFIG)).containsOnlyKeys(ForeignRules.MARK);
        assertSized(row(vm));
        assertThat(row(vm).get(VM.VBDS)).singleElement().satisfies(vbd -> {
            Row<VBD> shown = host.store.snapshot().row(vbd);
            assertThat(shown.get(VBD.USERDEVICE)).isEqualTo("0");
            assertThat(shown.get(VBD.OTHER_CONFIG)).containsEntry("path", disk.toString());
            assertThat(shown.get(VBD.CURRENTLY_ATTACHED)).isTrue();
        });
        assertThat(row(vm).get(VM.VIFS))
                .singleElement()
                .satisfies(vif -> assertThat(host.store.snapshot().get(vif, VIF.CURRENTLY_ATTACHED))
                        .isTrue());
    }

    @Test
    void oneThatIsCompleteInTimeAppearsWhole() {
        readable = true;
        assertThat(foreign.appeared(create())).isTrue();
        assertThat(host.store.snapshot().byNameLabel(VM.XEN_CLASS, "slow"))
                .singleElement()
                .satisfies(vm -> {
                    assertThat(row(vm).get(VM.VBDS)).hasSize(1);
                    assertSized(row(vm));
                });
    }

    private static void assertSized(Row<VM> row) {
        assertThat(row.get(VM.MEMORY_STATIC_MAX)).isEqualTo(MOST_KIB * 1024);
        assertThat(row.get(VM.MEMORY_TARGET)).isEqualTo(MOST_KIB * 1024 / 2);
        assertThat(row.get(VM.MEMORY_DYNAMIC_MAX)).isEqualTo(row.get(VM.MEMORY_TARGET));
        assertThat(row.get(VM.VCPUS_MAX)).isEqualTo(2);
    }
}
