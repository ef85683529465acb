package org.jxapi.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.HandClock;
import org.jxapi.measure.Consolidation;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Reading;
import org.jxapi.measure.RrdUpdates;
import org.jxapi.measure.Sample;
import org.jxapi.measure.Source;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** Measurements over the ends of the daemon, which is a recorder that is used no longer. */
class RecorderTest {
    private static final String HOST = "11111111-1111-4111-8111-111111111111";
    private static final String GUEST = "22222222-2222-4222-8222-222222222222";
    private static final Source MEMORY = Source.gauge("memory", "Memory", "B");
    private static final Source SENT = Source.derive("vif_0_tx", "Sent", "B/s");

    @TempDir
    Path data;

    private final HandClock clock = new HandClock("2026-11-28T00:00:00Z");
    private final Map<Owner, Sample> samples = new HashMap<>();
    private Store store;
    private Measurements measurements;
    private Recorder recorder;
    private double sent;

    @BeforeEach
    void start() {
        store = H2Store.open(data.resolve("state"));
        store.change(tx -> {
            tx.create(Row.of(Host.XEN_CLASS).with(Host.UUID, HOST));
            tx.create(Row.of(Pool.XEN_CLASS));
            tx.create(Row.of(VM.XEN_CLASS).with(VM.UUID, GUEST).with(VM.POWER_STATE, VmPowerState.RUNNING));
        });
        run();
    }

    @AfterEach
    void end() {
        recorder.stop();
        store.close();
    }

    /** Starts the daemon, as far as measurements are concerned. */
    private void run() {
        measurements = new Measurements();
        recorder = new Recorder(store, measurements, now -> Map.copyOf(samples), clock, data.resolve("rrds"));
        recorder.start();
    }

    private void looks(int count, boolean guest) {
        for (int i = 0; i < count; i++) {
            clock.pass(Duration.ofSeconds(5));
            sent += 500;
            samples.put(Owner.host(HOST), new Sample(0, List.of(new Reading(MEMORY, 64))));
            samples.remove(Owner.vm(GUEST));
            if (guest) {
                samples.put(Owner.vm(GUEST), new Sample(7, List.of(new Reading(MEMORY, 4), new Reading(SENT, sent))));
            }
            recorder.look();
        }
    }

    private List<Double> values(String name, long seconds) {
        RrdUpdates.Answer answer = measurements.answer(new RrdUpdates.Question(
                clock.instant().getEpochSecond() - seconds, 0, Optional.of(Consolidation.AVERAGE), owner -> true));
        int column = answer.legend().indexOf("AVERAGE:" + name);
        assertThat(column).as("%s in %s", name, answer.legend()).isNotNegative();
        return answer.lines().stream().map(line -> line.values()[column]).toList();
    }

    private void setState(VmPowerState state) {
        store.change(tx -> tx.byUuid(VM.XEN_CLASS, GUEST).ifPresent(vm -> tx.set(vm.ref(), VM.POWER_STATE, state)));
    }

    /** kill -9: nothing is said to the recorder. */
    @Test
    void aKillLosesNothingAndTheRestartLeavesNoGap() {
        looks(40, true);
        clock.pass(Duration.ofSeconds(20));
        sent += 2000;
        run();
        looks(3, true);
        assertThat(values("vm:" + GUEST + ":vif_0_tx", 150))
                .hasSizeGreaterThan(25)
                .containsOnly(100.0);
        assertThat(values("host:" + HOST + ":memory", 150)).containsOnly(64.0);
    }

    @Test
    void aKillDuringACheckpointLosesNothing() {
        looks(400, true);
        run();
        looks(200, true);
        run();
        looks(2, true);
        assertThat(values("vm:" + GUEST + ":vif_0_tx", 550)).hasSize(111).containsOnly(100.0);
        assertThat(values("vm:" + GUEST + ":memory", 2500))
                .hasSizeGreaterThan(40)
                .doesNotContain(Double.NaN);
    }

    @Test
    void theJournalStaysShort() throws Exception {
        looks(1000, true);
        try (var files = Files.list(data.resolve("rrds"))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith("journal-"))
                            .mapToLong(file -> file.toFile().length())
                            .sum())
                    .isLessThan(430 * 150L);
        }
        assertThat(recorder.files().read(GUEST)).isPresent();
    }

    @Test
    void aHaltedVmKeepsItsMeasurementsAndGoesOnWithThemWhenItStarts() {
        looks(40, true);
        setState(VmPowerState.HALTED);
        looks(1, false);
        assertThat(measurements.owners()).containsExactly(Owner.host(HOST));
        assertThat(recorder.files().read(GUEST)).isPresent();
        looks(20, false);
        run();
        setState(VmPowerState.RUNNING);
        looks(3, true);
        List<Double> memory = values("vm:" + GUEST + ":memory", 290);
        assertThat(memory.subList(0, 2)).containsOnly(4.0);
        assertThat(memory).endsWith(4.0, 4.0);
    }

    @Test
    void aRebootKeepsThemInMemory() {
        looks(10, true);
        looks(2, false);
        assertThat(measurements.owners()).contains(Owner.vm(GUEST));
    }

    @Test
    void thoseOfADestroyedVmAreRemoved() {
        looks(10, true);
        setState(VmPowerState.HALTED);
        looks(1, false);
        assertThat(data.resolve("rrds").resolve(GUEST + ".gz")).exists();
        store.change(tx -> tx.byUuid(VM.XEN_CLASS, GUEST).ifPresent(vm -> tx.destroy(vm.ref())));
        looks(1, false);
        assertThat(data.resolve("rrds").resolve(GUEST + ".gz")).doesNotExist();
    }

    @Test
    void aDamagedFileIsSetAsideAndStopsNothing() throws Exception {
        looks(10, true);
        recorder.saveAll(0);
        looks(1, true);
        Path file = data.resolve("rrds").resolve(GUEST + ".gz");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x55;
        Files.write(file, bytes);
        run();
        looks(2, true);
        assertThat(data.resolve("rrds").resolve(GUEST + ".gz.damaged")).exists();
        assertThat(values("vm:" + GUEST + ":memory", 5)).contains(4.0);
        assertThat(values("host:" + HOST + ":memory", 50)).containsOnly(64.0);
    }

    @Test
    void aForgottenSourceDoesNotComeBackAfterAKill() {
        looks(40, true);
        measurements.forget(Owner.vm(GUEST), "memory");
        looks(2, true);
        run();
        looks(1, true);
        assertThat(values("vm:" + GUEST + ":memory", 60)).contains(Double.NaN).startsWith(4.0, 4.0, 4.0);
        assertThat(values("vm:" + GUEST + ":vif_0_tx", 60)).containsOnly(100.0);
    }

    @Test
    void measuringGoesOnWithoutAFolder() throws Exception {
        recorder.stop();
        try (var files = Files.list(data.resolve("rrds"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(data.resolve("rrds"));
        Files.writeString(data.resolve("rrds"), "in the way");
        run();
        looks(3, true);
        assertThat(values("vm:" + GUEST + ":memory", 5)).contains(4.0);
    }
}
