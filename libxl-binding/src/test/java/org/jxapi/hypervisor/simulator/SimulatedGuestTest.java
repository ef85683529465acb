package org.jxapi.hypervisor.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.DomainCreateInfo;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HvmInfo;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.hypervisor.XenstorePermissions;

/** A simulated guest writes to xenstore where a real one could. */
class SimulatedGuestTest {
    @TempDir
    Path folder;

    private SimulatedHypervisor xen;
    private int domid;
    private String home;

    @BeforeEach
    void run() {
        xen = SimulatedHypervisor.open(folder, SimulatorSettings.INSTANT);
        domid = xen.domains()
                .create(
                        DomainConfig.builder()
                                .cInfo(DomainCreateInfo.builder()
                                        .type(DomainKind.HVM)
                                        .name("guest")
                                        .uuid(UUID.randomUUID())
                                        .xsdata(Map.of("vm-data/role", "web"))
                                        .build())
                                .bInfo(DomainBuildInfo.builder()
                                        .maxMemkb(131_072L)
                                        .targetMemkb(131_072L)
                                        .hvm(HvmInfo.builder().build())
                                        .build())
                                .build(),
                        false);
        home = Xenstore.domainPath(domid) + "/";
    }

    @AfterEach
    void close() {
        xen.close();
    }

    /** As libxl__domain_build_info_setdefault does (libxl_create.c). */
    @Test
    void aDomainForWhichNoMemoryIsGivenHasLibxlsDefault() {
        int small = xen.domains()
                .create(DomainConfig.builder()
                        .cInfo(DomainCreateInfo.builder()
                                .type(DomainKind.PVH)
                                .name("small")
                                .uuid(UUID.randomUUID())
                                .build())
                        .bInfo(DomainBuildInfo.builder().build())
                        .build());
        assertThat(xen.domains().info(small).maxMemkb()).isEqualTo(32 * 1024);
        assertThat(xen.memory().target(small)).isEqualTo(32 * 1024);
        assertThat(xen.memory().needed(xen.domains().config(small))).isEqualTo(32 * 1024);
    }

    @Test
    void filesOfManyDomainsAreWrittenBesideThoseOfGuestsThatWrite() {
        for (int i = 0; i < 300; i++) {
            int round = i;
            xen.together(() -> xen.xenstore().write(home + "data/round", Integer.toString(round)));
        }
        xen.close();
        xen = SimulatedHypervisor.open(folder, SimulatorSettings.INSTANT);
        assertThat(xen.xenstore().read(home + "data/round")).hasValue("299");
    }

    @Test
    void aGuestThatWasBootingBootsAgainWhenThatMomentReturns() {
        SimulatorSettings slow =
                new SimulatorSettings(4, 8 << 20, 1 << 20, true, Duration.ofMillis(300), Duration.ZERO);
        try (SimulatedHypervisor other = SimulatedHypervisor.inMemory(slow)) {
            int booting = other.domains().create(xen.domains().config(domid), false);
            MachineSnapshot moment = other.snapshot();
            String reports = Xenstore.domainPath(booting) + "/data/updated";
            await(() -> other.xenstore().read(reports).isPresent());
            assertThat(other.restore(moment)).containsExactly(booting);
            await(() -> other.xenstore().read(reports).isPresent());
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private boolean there(String path) {
        return xen.xenstore().read(path).isPresent();
    }

    @Test
    void anAgentTellsWhatXenstoreLetsItAndTheRestOnceItIsLet() {
        assertThat(there(home + "data/updated")).isTrue();
        assertThat(there(home + "attr/PVAddons/MajorVersion")).isTrue();
        assertThat(xen.xenstore().read(home + "control/feature-suspend")).hasValue("1");
        assertThat(there(home + "control/feature-balloon")).isFalse();

        xen.xenstore().setPermissions(home + "control", XenstorePermissions.ownedBy(domid));

        await(() -> there(home + "control/feature-balloon"));
        assertThat(xen.xenstore().permissions(home + "control/feature-balloon"))
                .hasValue(XenstorePermissions.ownedBy(domid));
    }

    @Test
    void aGuestIsRefusedWhatIsNotItsOwnAndThenNothingIsWritten() {
        Guest guest = xen.guest(domid);

        assertThatThrownBy(() -> guest.tell(Map.of("data/x", "1", "memory/target", "1")))
                .isInstanceOf(HypervisorException.class)
                .hasMessageContaining("may not write " + home + "memory/target")
                .hasMessageContaining("EACCES");
        assertThatThrownBy(() -> guest.tell(Map.of("vm-data/role", "db"))).isInstanceOf(HypervisorException.class);
        assertThatThrownBy(() -> guest.tell(Collections.singletonMap("vm-data/role", null)))
                .isInstanceOf(HypervisorException.class);

        assertThat(there(home + "data/x")).isFalse();
        assertThat(xen.xenstore().read(home + "vm-data/role")).hasValue("web");
    }

    @Test
    void anOrderThatXenstoreRefusesSaysWhy() throws Exception {
        Path control = Files.createDirectories(folder.resolve("control"));
        Path order = control.resolve("write.json");
        Files.writeString(
                control.resolve("write.new"),
                "{\"domain\": " + domid + ", \"xenstore\": {\"control/feature-x\": \"1\"}}");
        Files.move(control.resolve("write.new"), order);

        Path refused = control.resolve("write.json.refused");
        await(() -> Files.exists(refused));
        assertThat(refused)
                .content()
                .contains("may not write " + home + "control/feature-x")
                .contains("EACCES");
    }

    @Test
    void whatAGuestHasWrittenAndMayWriteOutlivesTheDaemon() {
        xen.xenstore().setPermissions(home + "vm-data", XenstorePermissions.ownedBy(domid));
        xen.guest(domid).tell(Map.of("vm-data/role2", "db", "data/x", "1"));
        xen.close();

        xen = SimulatedHypervisor.open(folder, SimulatorSettings.INSTANT);

        assertThat(xen.xenstore().read(home + "vm-data/role2")).hasValue("db");
        assertThat(xen.xenstore().read(home + "data/x")).hasValue("1");
        xen.guest(domid).tell(Map.of("vm-data/role2", "cache"));
        assertThat(xen.xenstore().read(home + "vm-data/role2")).hasValue("cache");
        xen.domains().destroy(domid);
        assertThat(xen.xenstore().readTree("/local/domain/" + domid)).isEmpty();
        assertThat(xen.xenstore().list("/vm")).isEmpty();
    }
}
