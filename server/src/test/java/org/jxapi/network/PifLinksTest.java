package org.jxapi.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.HandClock;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Cls;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Message;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;

class PifLinksTest {
    private final Set<String> connected = new HashSet<>(Set.of("eth0"));

    @Test
    void aLostConnectionIsRecordedAndReportedOnce(@TempDir Path folder) {
        try (H2Store store = H2Store.open(folder)) {
            Ref<PIFMetrics> metrics = store.transact(tx -> {
                Ref<Host> host = tx.create(Row.of(Host.XEN_CLASS).with(Host.UUID, "host"));
                Ref<PIFMetrics> made = tx.create(Row.of(PIFMetrics.XEN_CLASS).with(PIFMetrics.CARRIER, true));
                tx.create(Row.of(PIF.XEN_CLASS)
                        .with(PIF.HOST, host)
                        .with(PIF.DEVICE, "eth0")
                        .with(PIF.PHYSICAL, true)
                        .with(PIF.CURRENTLY_ATTACHED, true)
                        .with(PIF.METRICS, made));
                return made;
            });
            PifLinks links = new PifLinks(
                    store,
                    Hosts.only(SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT)),
                    (host, device) -> connected.contains(device),
                    new HandClock("2026-11-28T00:00:00Z"));
            links.look();
            assertThat(store.snapshot().count(Message.XEN_CLASS)).isZero();
            connected.clear();
            links.look();
            links.look();
            assertThat(store.snapshot().get(metrics, PIFMetrics.CARRIER)).isFalse();
            assertThat(store.snapshot().all(Message.XEN_CLASS)).singleElement().satisfies(message -> {
                assertThat(message.row().get(Message.NAME)).isEqualTo("PIF_LINK_LOST");
                assertThat(message.row().get(Message.CLS)).isEqualTo(Cls.HOST);
                assertThat(message.row().get(Message.OBJ_UUID)).isEqualTo("host");
                assertThat(message.row().get(Message.BODY)).contains("eth0");
            });
            connected.add("eth0");
            links.look();
            assertThat(store.snapshot().get(metrics, PIFMetrics.CARRIER)).isTrue();
            assertThat(store.snapshot().count(Message.XEN_CLASS)).isEqualTo(1);
        }
    }
}
