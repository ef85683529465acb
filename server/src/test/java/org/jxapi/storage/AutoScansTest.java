package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.boot.FirstBoot;
import org.jxapi.boot.HostReader;
import org.jxapi.boot.SimulatedMachine;
import org.jxapi.daemon.StorageModule;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.HandClock;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Measurements;
import org.jxapi.operation.Operations;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;

/** Upstream: ocaml/xapi/xapi_sr.ml scan_all and scanning_thread. */
class AutoScansTest {
    @TempDir
    Path folder;

    @Test
    void aDiscThatIsPutIntoAFolderAppearsByItself() throws Exception {
        HandClock clock = new HandClock("2026-11-25T00:00:00Z");
        try (SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
                H2Store store = H2Store.open(folder)) {
            StorageModule storage =
                    new StorageModule(store, folder, new Operations(store), Hosts.only(xen), clock, new Measurements());
            new FirstBoot(store, folder, clock).run(HostReader.read(xen, new SimulatedMachine(), true), true);
            storage.start();
            Ref<SR> isos = SR.XEN_CLASS.ref(store.snapshot()
                    .byNameLabel(SR.XEN_CLASS, "ISO images")
                    .get(0)
                    .value());
            Files.write(Files.createDirectories(folder.resolve("iso")).resolve("new.iso"), new byte[2048]);
            clock.pass(Duration.ofSeconds(31));
            storage.look(Runnable::run);
            assertThat(store.snapshot().get(isos, SR.VDIS)).isEmpty();

            store.change(tx -> tx.set(isos, SR.OTHER_CONFIG, Map.of("auto-scan", "true")));
            clock.pass(Duration.ofSeconds(31));
            storage.look(Runnable::run);
            assertThat(store.snapshot().get(isos, SR.VDIS))
                    .extracting(vdi -> store.snapshot().get(vdi, VDI.LOCATION))
                    .containsExactly("new.iso");
        }
    }

    @Test
    void scansAreAsFarApartAsTheHostSaysAndNeverTwoOfOneSr() {
        HandClock clock = new HandClock("2026-11-25T00:00:00Z");
        try (SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
                H2Store store = H2Store.open(folder)) {
            Ref<Host> host =
                    new FirstBoot(store, folder, clock).run(HostReader.read(xen, new SimulatedMachine(), true), true);
            Ref<SR> local = SR.XEN_CLASS.ref(store.snapshot()
                    .byNameLabel(SR.XEN_CLASS, "Local storage")
                    .get(0)
                    .value());
            store.change(tx -> tx.set(local, SR.OTHER_CONFIG, Map.of("dirty", "")));
            List<Ref<SR>> scanned = new ArrayList<>();
            AutoScans scans = new AutoScans(store, clock, sr -> {
                scanned.add(sr);
                throw new XenApiException("SR_BACKEND_FAILURE_40", List.of());
            });
            for (int i = 0; i < 14; i++) {
                clock.pass(Duration.ofSeconds(5));
                scans.look(Runnable::run);
            }
            assertThat(scanned).containsExactly(local, local);

            store.change(tx -> tx.set(host, Host.OTHER_CONFIG, Map.of("auto-scan-interval", "5")));
            List<Runnable> waiting = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                clock.pass(Duration.ofSeconds(5));
                scans.look(waiting::add);
            }
            assertThat(waiting).hasSize(1);
        }
    }
}
