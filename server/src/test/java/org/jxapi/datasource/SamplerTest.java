package org.jxapi.datasource;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.DiskFormat;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.hypervisor.simulator.SimulatedHypervisor;
import org.jxapi.hypervisor.simulator.SimulatorSettings;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Reading;
import org.jxapi.measure.Sample;
import org.jxapi.measure.Source;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;

class SamplerTest {
    private static final String HOST = "11111111-1111-4111-8111-111111111111";
    private static final UUID GUEST = UUID.fromString("22222222-2222-4222-8222-222222222222");
    private static final String REPOSITORY = "33333333-3333-4333-8333-333333333333";
    private static final long MIB = 1024;

    @TempDir
    Path folder;

    private final SimulatedHypervisor xen = SimulatedHypervisor.inMemory(SimulatorSettings.INSTANT);
    private Store store;
    private Sampler sampler;
    private int domid;

    @BeforeEach
    void start() throws Exception {
        store = H2Store.open(folder.resolve("state"));
        Path image = Files.createFile(folder.resolve("image"));
        domid = xen.domains()
                .create(
                        DomainConfig.builder()
                                .cInfo(DomainCreateInfo.builder()
                                        .type(DomainKind.HVM)
                                        .name("guest")
                                        .uuid(GUEST)
                                        .build())
                                .bInfo(DomainBuildInfo.builder()
                                        .maxVcpus(2)
                                        .maxMemkb(256 * MIB)
                                        .targetMemkb(256 * MIB)
                                        .build())
                                .disks(List.of(DiskConfig.disk(image.toString(), "xvda", DiskFormat.RAW)))
                                .nics(List.of(NicConfig.builder().devid(0).build()))
                                .build(),
                        false);
        xen.xenstore().write("/local/domain/" + domid + "/data/meminfo_free", "12345");
        store.change(tx -> {
            Ref<Host> host = tx.create(Row.of(Host.XEN_CLASS).with(Host.UUID, HOST));
            tx.create(Row.of(PIF.XEN_CLASS)
                    .with(PIF.HOST, host)
                    .with(PIF.DEVICE, "eth0")
                    .with(PIF.VLAN, -1L)
                    .with(PIF.PHYSICAL, true));
            tx.create(Row.of(PIF.XEN_CLASS).with(PIF.DEVICE, "eth0").with(PIF.VLAN, 7L));
            Ref<SR> sr = tx.create(Row.of(SR.XEN_CLASS)
                    .with(SR.UUID, REPOSITORY)
                    .with(SR.PHYSICAL_SIZE, 1000L)
                    .with(SR.PHYSICAL_UTILISATION, 10L));
            Ref<VM> vm = tx.create(Row.of(VM.XEN_CLASS)
                    .with(VM.UUID, GUEST.toString())
                    .with(VM.MEMORY_DYNAMIC_MAX, 300 * MIB * 1024)
                    .with(VM.MEMORY_DYNAMIC_MIN, 200 * MIB * 1024)
                    .with(VM.DOMID, (long) domid));
            Ref<VDI> vdi = tx.create(Row.of(VDI.XEN_CLASS).with(VDI.SR, sr));
            tx.create(Row.of(VBD.XEN_CLASS).with(VBD.VM, vm).with(VBD.VDI, vdi).with(VBD.DEVICE, "xvda"));
        });
        sampler = new Sampler(store, Hosts.only(xen));
    }

    @AfterEach
    void end() {
        store.close();
        xen.close();
    }

    private static String described(Owner owner, Source source) {
        return String.join(
                " ",
                owner.kind().name().toLowerCase(Locale.ROOT),
                source.name(),
                source.type().name(),
                source.units().replace(' ', '_'),
                number(source.min()),
                number(source.max()),
                (source.standard() ? "y" : "n") + (source.inverse() ? "i" : ""));
    }

    private static String number(double value) {
        return Double.isInfinite(value) ? value > 0 ? "inf" : "-inf" : Long.toString((long) value);
    }

    private static List<String> table() throws Exception {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SamplerTest.class.getResourceAsStream("sources.txt")),
                StandardCharsets.UTF_8))) {
            return in.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    /** Whether a source is one of a line of the table, whose names are regular expressions. */
    private static boolean is(String source, String line) {
        String[] actual = source.split(" ", 3);
        String[] expected = line.split(" ", 3);
        return actual[0].equals(expected[0]) && actual[1].matches(expected[1]) && actual[2].equals(expected[2]);
    }

    @Test
    void eachSourceHasUpstreamsNameTypeUnitsAndBounds() throws Exception {
        List<String> sources = new ArrayList<>();
        sampler.look(1_800_000_000);
        sampler.look(1_800_000_005)
                .forEach((owner, sample) ->
                        sample.readings().forEach(reading -> sources.add(described(owner, reading.source()))));
        List<String> table = table();
        assertThat(sources)
                .allSatisfy(
                        source -> assertThat(table).as("the line of %s", source).anyMatch(line -> is(source, line)));
        assertThat(table)
                .allSatisfy(
                        line -> assertThat(sources).as("a source of %s", line).anyMatch(source -> is(source, line)));
    }

    private Map<String, Double> values(Owner owner, double now) {
        Sample sample = sampler.look(now).get(owner);
        Map<String, Double> values = new HashMap<>();
        for (Reading reading : sample.readings()) {
            assertThat(values.put(reading.source().name(), reading.value()))
                    .as(reading.source().name())
                    .isNull();
        }
        return values;
    }

    @Test
    void theValuesOfMemoryAreThoseOfTheHypervisor() {
        Map<String, Double> host = values(Owner.host(HOST), 1);
        assertThat(host)
                .containsEntry("memory_total_kib", xen.host().physInfo().totalPages() * 4.0)
                .containsEntry("memory_free_kib", xen.host().physInfo().freePages() * 4.0)
                .containsEntry("memory_reclaimed", 44.0 * MIB * 1024)
                .containsEntry("memory_reclaimed_max", 56.0 * MIB * 1024);
        assertThat(values(Owner.vm(GUEST.toString()), 2))
                .containsEntry("memory", 256.0 * MIB * 1024)
                .containsEntry("memory_target", 256.0 * MIB * 1024)
                .containsEntry("memory_internal_free", 12345.0);
        assertThat(values(Owner.sr(REPOSITORY), 3))
                .containsOnly(Map.entry("size", 1000.0), Map.entry("physical_utilisation", 10.0));
    }

    /** rrdp_squeezed.ml: the memory of a paused domain says nothing. */
    @Test
    void aPausedDomainHasNoMemory() {
        xen.domains().pause(domid);
        assertThat(values(Owner.vm(GUEST.toString()), 1))
                .doesNotContainKeys("memory", "memory_target")
                .containsKey("cpu0");
        assertThat(values(Owner.host(HOST), 2)).containsEntry("running_domains", 1.0);
    }

    /** The kernel counts what it receives from a guest, which is what the guest sends. */
    @Test
    void aGuestsInterfaceIsSeenFromTheGuest() {
        double received = xen.statistics().links().get("vif" + domid + ".0").rxBytes();
        Map<String, Double> guest = values(Owner.vm(GUEST.toString()), 1);
        assertThat(guest.get("vif_0_tx")).isGreaterThanOrEqualTo(received);
        assertThat(guest.get("vif_0_tx")).isGreaterThan(guest.get("vif_0_rx"));
    }

    @Test
    void theSumOfAnSrGoesOnWhenADiskIsUnplugged() {
        values(Owner.host(HOST), 1);
        double before = values(Owner.host(HOST), 2).get("read_33333333");
        xen.domains().destroy(domid);
        assertThat(values(Owner.host(HOST), 3).get("read_33333333")).isEqualTo(before);
    }

    @Test
    void aDomainWithoutAVmHasNoMeasurements() {
        store.change(tx -> tx.byUuid(VM.XEN_CLASS, GUEST.toString()).ifPresent(vm -> tx.destroy(vm.ref())));
        assertThat(sampler.look(1).keySet()).noneMatch(owner -> owner.kind() == Owner.Kind.VM);
    }
}
