package org.jxapi.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Console;
import org.jxapi.xenapi.ConsoleProtocol;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostCpu;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;

/** The objects of the host follow the machine from start to start. */
class FirstBootTest {
    @TempDir
    Path folder;

    private H2Store store;
    private FirstBoot boot;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        boot = new FirstBoot(store, folder, Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Ref<Host> run(HostFacts facts) {
        return boot.run(facts, true);
    }

    private static HostFacts facts(
            String hostname, int cpus, List<HostFacts.Nic> nics, List<HostFacts.Bridge> bridges) {
        return new HostFacts(
                hostname,
                "192.0.2.7",
                "4.17.5",
                "6.1.0",
                8L << 30,
                8L << 30,
                new HostFacts.ControlDomain("", cpus * (1L << 30), cpus * (1L << 30), cpus),
                List.of("xen-3.0-x86_64"),
                "credit2",
                true,
                new HostFacts.Cpu(
                        cpus,
                        1,
                        1,
                        1,
                        new HostFacts.CpuModel("V", "2445.406", "CPU", "25", "1", "1", "fpu"),
                        "0183fbff-77fa3203"),
                nics,
                bridges,
                List.of(),
                false,
                Map.of("bios-vendor", "B"),
                Instant.ofEpochSecond(1700000000));
    }

    private static HostFacts.Nic nic(String device, String bridge, String ip) {
        return new HostFacts.Nic(
                device,
                "52:54:00:00:00:01",
                1500,
                bridge,
                true,
                1000,
                true,
                "8086",
                "100e",
                "0000:00:03.0",
                ip.isEmpty()
                        ? HostFacts.Addresses.NONE
                        : new HostFacts.Addresses(ip, "255.255.255.0", false, "", "", List.of()));
    }

    private Row<PIF> pif(String device) {
        return store.snapshot().all(PIF.XEN_CLASS).stream()
                .map(Stored::row)
                .filter(row -> row.get(PIF.DEVICE).equals(device))
                .findFirst()
                .orElse(null);
    }

    private List<String> bridges() {
        return store.snapshot().all(Network.XEN_CLASS).stream()
                .map(s -> s.row().get(Network.BRIDGE))
                .sorted()
                .toList();
    }

    /** Versions before made them, and nothing answered there. */
    @Test
    void theControlDomainHasATextConsoleWhereTheHostAllowsItAndElseNone() {
        HostFacts facts = facts("one", 2, List.of(), List.of());
        Ref<Host> host = run(facts);
        Ref<VM> vm = store.snapshot().get(host, Host.CONTROL_DOMAIN);
        assertThat(store.snapshot().get(vm, VM.CONSOLES)).isEmpty();
        store.change(tx -> tx.create(Row.of(Console.XEN_CLASS).with(Console.VM, vm)));
        run(facts);
        assertThat(store.snapshot().get(vm, VM.CONSOLES)).isEmpty();
        assertThat(store.snapshot().all(Console.XEN_CLASS)).isEmpty();

        FirstBoot allowed = new FirstBoot(store, folder, Clock.systemUTC(), true);
        allowed.run(facts, true);
        List<Ref<Console>> consoles = store.snapshot().get(vm, VM.CONSOLES);
        assertThat(consoles).hasSize(1);
        assertThat(store.snapshot().get(consoles.get(0), Console.PROTOCOL)).isEqualTo(ConsoleProtocol.VT100);
        store.change(tx ->
                tx.create(Row.of(Console.XEN_CLASS).with(Console.VM, vm).with(Console.PROTOCOL, ConsoleProtocol.RFB)));
        allowed.run(facts, true);
        assertThat(store.snapshot().get(vm, VM.CONSOLES)).isEqualTo(consoles);
        run(facts);
        assertThat(store.snapshot().all(Console.XEN_CLASS)).isEmpty();
    }

    @Test
    void everyNicIsAPifWithItsNetworkAndABridgeWithoutNicIsANetwork() {
        run(facts(
                "one",
                2,
                List.of(nic("ens3", "xenbr0", "192.0.2.7"), nic("eth1", "", "")),
                List.of(new HostFacts.Bridge("virbr0", 1400, false), new HostFacts.Bridge("xenbr0", 1500, true))));
        Snapshot now = store.snapshot();
        assertThat(bridges()).containsExactly("virbr0", "xenapi", "xenbr0", "xenbr1");
        Row<PIF> bridged = pif("ens3");
        assertThat(now.get(bridged.get(PIF.NETWORK), Network.BRIDGE)).isEqualTo("xenbr0");
        assertThat(bridged.get(PIF.MANAGEMENT)).isTrue();
        assertThat(bridged.get(PIF.IP)).isEqualTo("192.0.2.7");
        assertThat(bridged.get(PIF.CURRENTLY_ATTACHED)).isTrue();
        assertThat(now.get(bridged.get(PIF.METRICS), PIFMetrics.SPEED)).isEqualTo(1000);
        Row<PIF> loose = pif("eth1");
        assertThat(loose.get(PIF.MANAGEMENT)).isFalse();
        assertThat(loose.get(PIF.CURRENTLY_ATTACHED)).isFalse();
    }

    @Test
    void aHostThatCannotFilterGuestsSaysThatVifLockingIsRestricted() {
        Ref<Host> host = run(facts("one", 2, List.of(), List.of()));
        Snapshot now = store.snapshot();
        assertThat(now.get(host, Host.LICENSE_PARAMS)).containsEntry("restrict_vif_locking", "true");
        assertThat(now.all(Pool.XEN_CLASS).iterator().next().row().get(Pool.RESTRICTIONS))
                .containsEntry("restrict_vif_locking", "true")
                .containsEntry("restrict_vlan", "false");
    }

    @Test
    void laterStartsFollowTheMachineAndKeepWhatGuestsUse() {
        Ref<Host> host = run(facts(
                "one",
                2,
                List.of(nic("eth0", "xenbr0", "192.0.2.7"), nic("eth1", "", "")),
                List.of(new HostFacts.Bridge("virbr0", 1500, false))));
        Ref<Network> used = pif("eth1").get(PIF.NETWORK);
        store.change(tx -> {
            tx.set(host, Host.NAME_LABEL, "mine");
            tx.create(Row.of(VIF.XEN_CLASS).with(VIF.NETWORK, used).with(VIF.DEVICE, "0"));
        });
        Ref<Network> first = pif("eth0").get(PIF.NETWORK);

        run(facts(
                "two",
                4,
                List.of(nic("eth0", "br-lan", "192.0.2.8"), nic("eth2", "", "")),
                List.of(new HostFacts.Bridge("br-lan", 1500, true))));

        Snapshot now = store.snapshot();
        assertThat(now.get(host, Host.HOSTNAME)).isEqualTo("two");
        assertThat(now.get(host, Host.NAME_LABEL)).isEqualTo("mine");
        assertThat(now.count(HostCpu.XEN_CLASS)).isEqualTo(4);
        Ref<VM> dom0 = now.get(host, Host.CONTROL_DOMAIN);
        assertThat(now.get(dom0, VM.NAME_LABEL)).isEqualTo("Control domain on host: two");
        assertThat(now.get(now.get(dom0, VM.METRICS), VMMetrics.MEMORY_ACTUAL)).isEqualTo(4L << 30);
        assertThat(pif("eth0").get(PIF.NETWORK)).isEqualTo(first);
        assertThat(now.get(first, Network.BRIDGE)).isEqualTo("br-lan");
        assertThat(pif("eth1")).isNull();
        assertThat(now.find(used)).isPresent();
        assertThat(pif("eth2")).isNotNull();
        assertThat(bridges()).doesNotContain("virbr0").doesNotHaveDuplicates();
        assertThat(now.count(PIFMetrics.XEN_CLASS)).isEqualTo(2);
    }

    @Test
    void aStartWithoutChangesChangesNoNetwork() {
        HostFacts facts = facts("one", 2, List.of(nic("eth0", "", "192.0.2.7")), List.of());
        run(facts);
        List<Ref<Network>> before = store.snapshot().all(Network.XEN_CLASS).stream()
                .map(Stored::ref)
                .toList();
        run(facts);
        assertThat(store.snapshot().all(Network.XEN_CLASS))
                .extracting(Stored::ref)
                .containsExactlyInAnyOrderElementsOf(before);
        assertThat(store.snapshot().count(PIF.XEN_CLASS)).isEqualTo(1);
    }
}
