package org.jxapi.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.daemon.VmModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.domain.XenstoreText;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.XenstorePermissions;
import org.jxapi.vm.SimulatedHost;
import org.jxapi.xenapi.VM;

/**
 * The nodes that a guest finds in xenstore and may write: XAPI's xenopsd/xc/domain.ml (make, set_memory_dynamic_range).
 */
class GuestNodesTest {
    private static final List<String> OWN = List.of(
            "control", "data", "attr", "drivers", "feature", "error", "xenserver/attr", "messages", "vm-data", "rrd");

    @TempDir
    Path folder;

    private SimulatedHost host;
    private Ref<VM> vm;

    @BeforeEach
    void open() {
        host = new SimulatedHost(folder);
        vm = host.vm(
                "guest",
                row -> row.with(VM.XENSTORE_DATA, Map.of("vm-data/role", "web", "other", "x"))
                        .with(VM.BIOS_STRINGS, Map.of("bios-vendor", "Acme"))
                        .with(VM.HAS_VENDOR_DEVICE, true)
                        .with(VM.PLATFORM, Map.of("viridian", "true"))
                        .with(VM.MEMORY_DYNAMIC_MIN, SimulatedHost.GIB / 2));
    }

    @AfterEach
    void close() {
        host.close();
    }

    private void assertGuestOwnsItsNodes() {
        int domid = host.domid(vm);
        for (String path : OWN) {
            assertThat(host.permissions(vm, path)).as(path).hasValue(XenstorePermissions.ownedBy(domid));
        }
        for (String path : List.of("memory", "cpu", "bios-strings", "platform", "unique-domain-id")) {
            assertThat(host.permissions(vm, path)).as(path).hasValueSatisfying(permissions -> {
                assertThat(permissions.mayRead(domid)).isTrue();
                assertThat(permissions.mayWrite(domid)).isFalse();
            });
        }
    }

    @Test
    void aDomainIsPreparedBeforeItsGuestRuns() {
        host.lifecycle.start(host.call(), vm, null, true, false);

        assertGuestOwnsItsNodes();
        assertThat(host.read(vm, "unique-domain-id"))
                .hasValueSatisfying(id -> assertThat(id).matches("[0-9a-f-]{36}"));
        assertThat(host.read(vm, "control/has-vendor-device")).hasValue("1");
        assertThat(host.read(vm, "memory/dynamic-min")).hasValue("524288");
        assertThat(host.read(vm, "memory/dynamic-max")).hasValue("1048576");
        assertThat(host.read(vm, "bios-strings/bios-vendor")).hasValue("Acme");
        assertThat(host.read(vm, "platform/viridian")).hasValue("true");
        assertThat(host.read(vm, "vm-data/role")).hasValue("web");
        assertThat(host.permissions(vm, "vm-data/role")).hasValue(XenstorePermissions.ownedBy(host.domid(vm)));
        assertThat(host.read(vm, "other")).isEmpty();
        assertThat(host.read(vm, "data/updated")).as("its agent has not run").isEmpty();
        assertThat(host.xen.xenstore().read("/vm/" + host.get(vm, VM.UUID) + "/domains/" + host.domid(vm)))
                .hasValue("/local/domain/" + host.domid(vm));
    }

    /** The agent of a simulated guest reports at the moment when the guest is unpaused. */
    @Test
    void whatAgentsWriteArrivesAfterEveryWayThatAVmGetsADomain() {
        Set<String> ids = new HashSet<>();
        host.start(vm);
        assertArrived(ids);
        host.lifecycle.cleanReboot(host.call(), vm);
        assertArrived(ids);
        host.lifecycle.hardReboot(host.call(), vm);
        assertArrived(ids);
        host.suspension.suspend(host.call(), vm);
        host.suspension.resume(host.call(), vm, null, false);
        assertArrived(ids);
        host.relocation.relocate(host.call(), vm, false);
        assertArrived(ids);
        host.domains.softReset(vm, host.hosts.domain(host.store.snapshot(), vm), Set.of(), host.store::change);
        assertArrived(ids);
        assertThat(ids).as("each time another id").hasSize(6);
    }

    private void assertArrived(Set<String> ids) {
        assertGuestOwnsItsNodes();
        for (String feature : List.of("balloon", "vcpu-hotplug", "shutdown", "suspend")) {
            assertThat(host.read(vm, "control/feature-" + feature)).as(feature).hasValue("1");
        }
        ids.add(host.read(vm, "unique-domain-id").orElseThrow());
    }

    @Test
    void aGuestWritesItsOwnNodesAndNoOthers() {
        host.start(vm);
        var guest = host.xen.guest(host.domid(vm));

        guest.tell(Map.of(
                "control/feature-static-ip-setting", "1",
                "vm-data/role", "db",
                "messages/hello", "1",
                "xenserver/attr/net-sriov-vf/0/ipv4/0", "10.0.0.9",
                "rrd/x", "1"));

        assertThat(host.read(vm, "vm-data/role")).hasValue("db");
        for (String path : List.of("memory/target", "cpu/0/availability", "bios-strings/bios-vendor", "name", "new")) {
            assertThatThrownBy(() -> guest.tell(Map.of(path, "1")))
                    .as(path)
                    .isInstanceOf(HypervisorException.class)
                    .hasMessageContaining("EACCES");
        }
    }

    @Test
    void aDomainThatAnOlderDaemonMadeIsCompletedWhileItsGuestRuns() {
        host.start(vm);
        int domid = host.domid(vm);
        host.xen
                .xenstore()
                .setPermissions("/local/domain/" + domid + "/control", XenstorePermissions.readableBy(domid));
        for (String path : List.of("messages", "rrd", "xenserver", "unique-domain-id", "memory/dynamic-min")) {
            host.remove(vm, path);
        }

        GuestNodes nodes = new GuestNodes(host.xen);
        nodes.complete(host.store.snapshot().row(vm), domid);

        assertGuestOwnsItsNodes();
        String id = host.read(vm, "unique-domain-id").orElseThrow();
        assertThat(host.read(vm, "memory/dynamic-min")).hasValue("524288");
        host.xen.guest(domid).tell(Map.of("vm-data/role", "db", "control/feature-x", "1"));
        nodes.complete(host.store.snapshot().row(vm), domid);
        assertThat(host.read(vm, "unique-domain-id"))
                .as("the agent is not disturbed")
                .hasValue(id);
        assertThat(host.read(vm, "vm-data/role")).hasValue("db");
    }

    @Test
    void aDaemonThatStartsCompletesTheDomainsOfItsVms() {
        host.start(vm);
        int domid = host.domid(vm);
        host.xen
                .xenstore()
                .setPermissions("/local/domain/" + domid + "/control", XenstorePermissions.readableBy(domid));
        host.remove(vm, "control/feature-balloon");
        host.remove(vm, "messages");
        ExecutorService workers = Executors.newCachedThreadPool();
        VmModule daemon = host.daemon(workers);
        try {
            daemon.start();

            assertGuestOwnsItsNodes();
            host.xen.guest(domid).tell(Map.of("control/feature-balloon", "1"));
        } finally {
            daemon.stop();
            workers.shutdownNow();
        }
    }

    @Test
    void newMemoryLimitsReachARunningGuest() {
        host.start(vm);

        host.memory.dynamicRange(host.call(), vm, SimulatedHost.GIB / 4, SimulatedHost.GIB / 2);

        assertThat(host.read(vm, "memory/dynamic-min")).hasValue("262144");
        assertThat(host.read(vm, "memory/dynamic-max")).hasValue("524288");
        assertThat(host.read(vm, "memory/target")).hasValue("524288");
    }

    /** VM.set_xenstore_data of a running VM: xapi's message_forwarding.ml, xenopsd's Domain.set_xsdata. */
    @Test
    void dataThatAClientSetsTakesThePlaceOfWhatARunningGuestHas() {
        host.start(vm);
        host.xen.guest(host.domid(vm)).tell(Map.of("vm-data/own", "1"));
        new GuestNodes(host.xen)
                .replaceData(
                        host.domid(vm), XenstoreText.data(Map.of("vm-data/role", "db", "FIST/x", "1", "bad", "1")));

        assertThat(host.read(vm, "vm-data/role")).hasValue("db");
        assertThat(host.read(vm, "FIST/x")).hasValue("1");
        assertThat(host.read(vm, "vm-data/own")).isEmpty();
        assertThat(host.read(vm, "bad")).isEmpty();
        host.xen.guest(host.domid(vm)).tell(Map.of("vm-data/role", "cache"));
    }
}
