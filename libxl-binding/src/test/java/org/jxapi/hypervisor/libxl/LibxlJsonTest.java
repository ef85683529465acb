package org.jxapi.hypervisor.libxl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jnr.ffi.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.jxapi.hypervisor.Device;
import org.jxapi.hypervisor.DomainConfig;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.PciConfig;

/** Structures through the real libxl's JSON, without Xen: a block of zeros is context enough for what succeeds. */
class LibxlJsonTest {
    /** How many round trips are to show that no memory leaks; 3,500 at least. */
    static final String ROUND_TRIPS = "jxapi.test.round-trips";

    private static Libraries libraries;
    private static Pointer ctx;

    @BeforeAll
    static void load() {
        libraries = InstalledLibxl.load();
        ctx = libraries.allocate(1024 * 1024);
        System.out.println("libxl " + libraries.libxlVersion() + ": " + libraries.folder());
    }

    static Stream<DomainConfig> configs() {
        return Stream.of(Samples.hvm(), Samples.pv(), Samples.pvh()).map(LibxlJsonTest::known);
    }

    /** Leaves out the settings that this libxl is too old for. */
    private static DomainConfig known(DomainConfig config) {
        if (minor() >= 17) {
            return config;
        }
        return config.toBuilder()
                .bInfo(config.bInfo().toBuilder().maxGrantVersion(null).build())
                .pcidevs(config.pcidevs().stream()
                        .map(LibxlJsonTest::known)
                        .map(PciConfig.class::cast)
                        .toList())
                .build();
    }

    private static Device known(Device device) {
        return device instanceof PciConfig pci && minor() < 15
                ? new PciConfig(
                        pci.domain(),
                        pci.bus(),
                        pci.dev(),
                        pci.func(),
                        pci.vdevfn(),
                        pci.vfuncMask(),
                        pci.msitranslate(),
                        pci.powerMgmt(),
                        pci.permissive(),
                        pci.seize(),
                        pci.rdmPolicy(),
                        null)
                : device;
    }

    /** Returns 17 for libxl 4.17. */
    private static int minor() {
        return Integer.parseInt(libraries.libxlVersion().split("\\.")[1]);
    }

    @ParameterizedTest
    @MethodSource("configs")
    void everySettingOfADomainGoesToLibxlAndComesBack(DomainConfig config) {
        ObjectNode json = Structures.write(config);
        try (Struct struct = Struct.of(libraries, ctx, StructType.DOMAIN_CONFIG, json)) {
            assertThat(JsonKeys.lost(json, struct.json(ctx))).isEmpty();
            assertThat(Structures.readConfig(struct.json(ctx))).isEqualTo(config);
        }
    }

    static Stream<Device> devices() {
        return Stream.of(
                        Samples.disk(),
                        Samples.nic(),
                        Samples.pci(),
                        Samples.vfb(),
                        Samples.vkb(),
                        Samples.vtpm(),
                        Samples.p9(),
                        Samples.channel(),
                        Samples.usbController(),
                        Samples.usbDevice())
                .map(LibxlJsonTest::known);
    }

    @ParameterizedTest
    @MethodSource("devices")
    void everySettingOfADeviceGoesToLibxlAndComesBack(Device device) {
        ObjectNode json = Structures.write(device);
        StructType type = DeviceKind.of(device.getClass()).struct();
        try (Struct struct = Struct.of(libraries, ctx, type, json)) {
            assertThat(JsonKeys.lost(json, struct.json(ctx))).isEmpty();
            assertThat((Object) Structures.readDevice(struct.json(ctx), device.getClass()))
                    .isEqualTo(device);
        }
    }

    /** libxl leaves an id of zeros out, as it does all defaults. */
    @Test
    void aGenerationIdOfZerosIsNone() {
        ObjectNode json = Structures.write(known(Samples.hvm()));
        ArrayNode id = ((ObjectNode) json.at("/b_info/type.hvm")).putArray("ms_vm_genid");
        for (int i = 0; i < 16; i++) {
            id.add(0);
        }
        try (Struct struct = Struct.of(libraries, ctx, StructType.DOMAIN_CONFIG, json)) {
            assertThat(struct.json(ctx).at("/b_info/type.hvm/ms_vm_genid").isMissingNode())
                    .isTrue();
            assertThat(JsonKeys.lost(json, struct.json(ctx))).isEmpty();
        }
    }

    /** The first processor alone is no default, as an id of zeros is. */
    @Test
    void aSetOfZeroThatLibxlDoesNotKnowIsFound() {
        ObjectNode json = Structures.write(known(Samples.pv()));
        ((ObjectNode) json.get("b_info")).putArray("later_cpus").add(0);
        try (Struct struct =
                Struct.of(libraries, ctx, StructType.DOMAIN_CONFIG, Structures.write(known(Samples.pv())))) {
            assertThat(JsonKeys.lost(json, struct.json(ctx))).containsExactly("b_info.later_cpus");
        }
    }

    @Test
    void aSettingThatLibxlDoesNotKnowIsRefused() {
        ObjectNode json = Structures.write(known(Samples.pv()));
        ((ObjectNode) json.get("disks").get(0)).put("pdev_pth", "/dev/x");

        assertThatThrownBy(() -> Struct.of(libraries, ctx, StructType.DOMAIN_CONFIG, json))
                .isInstanceOfSatisfying(
                        HypervisorException.class, e -> assertThat(e.error()).isEqualTo(LibxlError.INVAL))
                .hasMessageContaining("does not know disks[0].pdev_pth");
    }

    @Test
    void aSettingNewerThanThisLibxlIsRefusedAndNotDropped() {
        assumeTrue(minor() < 15, "this libxl knows all settings");
        ObjectNode json = Structures.write(Samples.pv());

        assertThatThrownBy(() -> Struct.of(libraries, ctx, StructType.DOMAIN_CONFIG, json))
                .hasMessageContaining("libxl " + libraries.libxlVersion()
                        + " does not know b_info.max_grant_version, pcidevs[0].name");
    }

    @Test
    void cpuidSettingsOfBothSyntaxesReachTheConfiguration() {
        try (Struct struct =
                Struct.of(libraries, ctx, StructType.DOMAIN_CONFIG, Structures.write(known(Samples.hvm())))) {
            String registers = "0x7,0x0:ebx=" + "x".repeat(31) + "0";
            CpuidPolicy.add(libraries, ctx, struct, List.of("host,sse3=0", registers));

            List<String> read = Structures.readConfig(struct.json(ctx)).bInfo().cpuid();
            assertThat(read).hasSize(2).anyMatch(s -> s.startsWith("0x1:ecx=" + "x".repeat(31) + "0"));
            assertThat(read).contains(registers);
        }
    }

    @Test
    void nativeMemoryStaysFlatOverManyRoundTrips() throws Exception {
        // without generated code, as the daemon runs
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Djnr.ffi.asm.enabled=false",
                        "-D" + Libraries.FOLDER_PROPERTY + "=" + libraries.folder(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RoundTrips.class.getName(),
                        System.getProperty(ROUND_TRIPS, "10000"))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        // a structure has 1.3 KiB and its text as much: a leak of either would be 13 MiB in 10,000 round trips
        assertThat(Long.parseLong(output.lines().reduce((a, b) -> b).orElseThrow()))
                .as("bytes allocated and not freed")
                .isLessThan(4_000_000);
    }

    @Test
    void withoutXenOpeningSaysSoInOneLine() {
        assertThatThrownBy(() -> LibxlHypervisor.open(null))
                .isInstanceOfSatisfying(
                        HypervisorException.class, e -> assertThat(e.error()).isEqualTo(LibxlError.FAIL))
                .satisfies(e -> assertThat(e.getMessage())
                        .startsWith("libxl cannot reach Xen")
                        .doesNotContain("\n"));
    }
}
