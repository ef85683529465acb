package org.jxapi.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.hypervisor.DomainBuildInfo;
import org.jxapi.hypervisor.PciConfig;
import org.jxapi.vm.VmSettings;
import org.jxapi.xenapi.VM;

/** Values of a VM that reach QEMU, pygrub, xenstore and libxl, and values that are refused. */
class GuestInputsTest {
    private static void refused(String field, ThrowingCallable use) {
        assertThatThrownBy(use).isInstanceOfSatisfying(XenApiException.class, e -> {
            assertThat(e.code()).isEqualTo("INVALID_VALUE");
            assertThat(e.params().get(0)).isEqualTo(field);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pty",
                "none",
                "null",
                "tcp:192.0.2.1:7001",
                "tcp:debug.example.com:7001,server,nowait",
                "tcp::4444,server=on,wait=off,nodelay=on",
                "telnet:[2001:db8::1]:23,server=on",
                "udp:192.0.2.1:4555",
                "udp:192.0.2.1:4555@:4556"
            })
    void aSerialPortGoesWhereQemuHasNoFiles(String serial) {
        assertThat(SerialPort.check("platform", serial)).isEqualTo(serial);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "file:/etc/cron.d/x",
                "pipe:/tmp/x",
                "unix:/run/x,server",
                "stdio",
                "vc",
                "mon:stdio",
                "/dev/ttyS0",
                "pty,logfile=/any/file",
                "tcp:127.0.0.1:1,server=on,logfile=/any/file",
                "tcp:127.0.0.1:1,logappend=on",
                "tcp:127.0.0.1:1,server=on\n,logfile=/x",
                "udp:127.0.0.1:1,logfile=/x",
                "tcp:127.0.0.1:0",
                "tcp:127.0.0.1:65536",
                "tcp:127.0.0.1:99999",
                "tcp:host,logfile=/x:1",
                "tcp:127.0.0.1",
                "TCP:127.0.0.1:1"
            })
    void aSerialPortTakesNoOptionsThatNameFiles(String serial) {
        refused("platform:hvm_serial", () -> SerialPort.check("platform", serial));
        refused("platform:hvm_serial", () -> Platform.checkGiven(Map.of("hvm_serial", serial)));
        refused("other_config:hvm_serial", () -> VmSettings.checkOtherConfig(Map.of("hvm_serial", serial)));
    }

    @Test
    void aKeymapIsTheNameOfALayoutAndNoPath() {
        for (String layout : List.of("en-us", "de", "pt-br", "bepo")) {
            assertThatCode(() -> Platform.checkGiven(Map.of("keymap", layout))).doesNotThrowAnyException();
        }
        for (String wrong : List.of("", "../../etc/shadow", "/etc/shadow", "de,logfile=x", "de us")) {
            refused("platform:keymap", () -> Platform.checkGiven(Map.of("keymap", wrong)));
        }
    }

    @Test
    void pygrubIsGivenOnlyWhatChoosesFromTheGuestsOwnDisk() {
        assertThat(BootloaderArguments.of("  --kernel=/boot/vmlinuz   --entry=2 -q "))
                .containsExactly("--kernel=/boot/vmlinuz", "--entry=2", "-q");
        assertThat(BootloaderArguments.of("")).isEmpty();
        for (String wrong : List.of(
                "--output=/etc/cron.d/x",
                "--output-directory=/etc",
                "--output-dir=/etc",
                "--outp=/etc/x",
                "--runas=0",
                "--debug",
                "--isconfig",
                "--kernel",
                "/dev/sda",
                "--entry=x",
                "-i",
                "--")) {
            refused("PV_bootloader_args", () -> BootloaderArguments.of("-q " + wrong));
        }
    }

    /** Upstream: tools/xenstored/core.c valid_chars; ocaml/xenopsd/xc/domain.ml filters by the same beginnings. */
    @Test
    void xenstoreGetsNamesThatItCanHoldAndOnlyTheGuestsOwn() {
        assertThat(XenstoreText.data(Map.of(
                        "vm-data/a/b-c_1",
                        "täxt",
                        "vm-data",
                        "",
                        "FIST/x",
                        "1",
                        "memory/target",
                        "0",
                        "/local/domain/0/x",
                        "y")))
                .isEqualTo(Map.of("vm-data/a/b-c_1", "täxt", "vm-data", "", "FIST/x", "1"));
        for (String wrong : List.of(
                "vm-data/../../0/x",
                "vm-data//x",
                "vm-data/",
                "vm-data/ä",
                "vm-data/a b",
                "vm-datax",
                "vm-data/" + "x".repeat(300),
                "vm-data" + "/x".repeat(20))) {
            refused("xenstore_data", () -> XenstoreText.data(Map.of(wrong, "v")));
        }
        refused("xenstore_data:vm-data/x", () -> XenstoreText.data(Map.of("vm-data/x", "ü".repeat(1025))));
        refused("xenstore_data:vm-data/x", () -> XenstoreText.data(Map.of("vm-data/x", "a\0b")));
        refused("platform", () -> XenstoreText.platform("a/b", "v"));
        refused("platform", () -> XenstoreText.platform("a b", "v"));
        refused("platform", () -> XenstoreText.platform("", "v"));
        refused("platform:x", () -> XenstoreText.platform("x", "v".repeat(2049)));
    }

    @Test
    void pciDevicesAreAListOfAddressesInTheOrderOfPlugging() {
        assertThat(PciDevices.of(pci("1/0000:81:00.1,0/0000:81:1f.0")))
                .extracting(PciConfig::bdf)
                .containsExactly("0000:81:1f.0", "0000:81:00.1");
        assertThat(PciDevices.of(pci(""))).isEmpty();
        for (String wrong : List.of("0000:81:00.0", "0/0000:81:00.8", "0/0000:81:20.0", "0/0000:81:00.0,", "x")) {
            refused("other_config:pci", () -> PciDevices.of(pci(wrong)));
        }
    }

    private static Row<VM> pci(String devices) {
        return Row.of(VM.XEN_CLASS).with(VM.OTHER_CONFIG, Map.of("pci", devices));
    }

    /** Upstream: ocaml/xapi/xapi_xenops.ml MD.of_vm scheduler_params. */
    @Test
    void masksAreForAllVirtualCpusOrOneEachAndStayWithinTheHosts() {
        assertThat(mask("0,1", "")).containsExactly(Set.of(0, 1), Set.of(0, 1), Set.of(0, 1));
        assertThat(mask("0;1,2", "")).containsExactly(Set.of(0), Set.of(1, 2), Set.of(0));
        assertThat(mask("", "2,3")).containsExactly(Set.of(2, 3), Set.of(2, 3), Set.of(2, 3));
        assertThat(mask("0,2;3", "2,3")).containsExactly(Set.of(2), Set.of(3), Set.of(2));
        assertThat(mask("all", "")).isEmpty();
        refused("VCPUs_params:mask", () -> mask("0", "1"));
    }

    private static List<Set<Integer>> mask(String own, String host) {
        return cpus(Map.of("mask", own), Map.of("mask", host)).vcpuHardAffinity();
    }

    private static DomainBuildInfo cpus(Map<String, String> params, Map<String, String> host) {
        DomainBuildInfo.Builder build = DomainBuildInfo.builder();
        new GuestCpus(Row.of(VM.XEN_CLASS).with(VM.VCPUS_MAX, 3L).with(VM.VCPUS_PARAMS, params), host).addTo(build);
        return build.build();
    }

    @Test
    void weightAndCapAreWhatTheSchedulerTakes() {
        assertThat(cpus(Map.of("weight", "512", "cap", "150"), Map.of()).schedParams())
                .satisfies(params -> {
                    assertThat(params.weight()).isEqualTo(512);
                    assertThat(params.cap()).isEqualTo(150);
                });
        assertThat(cpus(Map.of("weight", "heavy"), Map.of()).schedParams()).isNull();
        refused("VCPUs_params:weight", () -> cpus(Map.of("weight", "0"), Map.of()));
        refused("VCPUs_params:weight", () -> cpus(Map.of("weight", "65536"), Map.of()));
        refused("VCPUs_params:cap", () -> cpus(Map.of("cap", "301"), Map.of()));
    }

    @Test
    void onlyAnImageWithXensDriversCountsAsFirmware(@TempDir Path folder) throws IOException {
        Path kvm = Files.write(folder.resolve("OVMF.fd"), new byte[4096]);
        Path xen = Files.write(folder.resolve("OvmfXen.fd"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1});
        assertThat(Firmware.found(List.of(folder.resolve("none"), kvm))).isEqualTo(Firmware.NONE);
        assertThat(Firmware.found(List.of(folder, kvm, xen))).isEqualTo(Firmware.of(xen));
    }
}
