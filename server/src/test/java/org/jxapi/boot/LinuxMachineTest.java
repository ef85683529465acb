package org.jxapi.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts from files as Linux makes them. */
class LinuxMachineTest {
    private static final String ADDRESSES = """
            [{"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host"}]},
             {"ifname":"eth0","addr_info":[]},
             {"ifname":"xenbr0","addr_info":[
               {"family":"inet","local":"192.0.2.9","prefixlen":20,"scope":"global","secondary":true},
               {"family":"inet","local":"192.0.2.7","prefixlen":20,"scope":"global","dynamic":true},
               {"family":"inet6","local":"2001:db8::7","prefixlen":64,"scope":"global"},
               {"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]}]
            """;

    @TempDir
    Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void link(String path, String target) throws IOException {
        Files.createDirectories(root.resolve(target));
        Files.createDirectories(root.resolve(path).getParent());
        Files.createSymbolicLink(root.resolve(path), root.resolve(target));
    }

    private LinuxMachine machine() {
        return new LinuxMachine(root, () -> ADDRESSES);
    }

    @Test
    void theProcessorIsTheOneOfTheMachine() throws IOException {
        file("proc/cpuinfo", """
                processor\t: 0
                vendor_id\t: AuthenticAMD
                cpu family\t: 25
                model\t\t: 1
                model name\t: AMD EPYC 7763 64-Core Processor
                stepping\t: 1
                cpu MHz\t\t: 2445.406
                flags\t\t: fpu de tsc

                processor\t: 1
                vendor_id\t: Other
                """);
        assertThat(machine().cpuModel())
                .isEqualTo(new HostFacts.CpuModel(
                        "AuthenticAMD", "2445.406", "AMD EPYC 7763 64-Core Processor", "25", "1", "1", "fpu de tsc"));
    }

    @Test
    void nameKernelBootTimeAndFirmwareAreRead() throws IOException {
        file("proc/sys/kernel/hostname", "rack7\n");
        file("proc/sys/kernel/osrelease", "6.1.0-28-amd64\n");
        file("proc/stat", "cpu 1 2\nbtime 1700000000\n");
        file("sys/class/dmi/id/sys_vendor", "Example Inc.\n");
        file("sys/class/dmi/id/product_name", "Rack 7\u00ae\n");
        LinuxMachine machine = machine();
        assertThat(machine.hostname()).isEqualTo("rack7");
        assertThat(machine.kernelRelease()).isEqualTo("6.1.0-28-amd64");
        assertThat(machine.bootTime()).isEqualTo(Instant.ofEpochSecond(1700000000));
        assertThat(machine.biosStrings())
                .containsEntry("system-manufacturer", "Example Inc.")
                .containsEntry("system-product-name", "Rack 7")
                .containsEntry("bios-vendor", "")
                .containsEntry("oem-1", "Xen");
    }

    @Test
    void aNicInABridgeHasTheBridgesAddressesAndGuestsInterfacesAreNotTheHosts() throws IOException {
        file("sys/class/net/eth0/address", "52:54:00:12:34:56\n");
        file("sys/class/net/eth0/mtu", "9000\n");
        file("sys/class/net/eth0/carrier", "1\n");
        file("sys/class/net/eth0/speed", "10000\n");
        file("sys/class/net/eth0/duplex", "full\n");
        link("sys/class/net/eth0/device", "sys/devices/pci0000:00/0000:00:03.0/virtio0");
        file("sys/devices/pci0000:00/0000:00:03.0/virtio0/vendor", "0x1af4\n");
        file("sys/devices/pci0000:00/0000:00:03.0/virtio0/device", "0x0001\n");
        link("sys/class/net/eth0/master", "sys/class/net/xenbr0");
        file("sys/class/net/xenbr0/bridge/stp_state", "0\n");
        file("sys/class/net/xenbr0/mtu", "9000\n");
        file("sys/class/net/virbr0/bridge/stp_state", "0\n");
        link("sys/class/net/eth1/device", "sys/devices/pci0000:00/0000:00:04.0");
        link("sys/class/net/vif3.0/device", "sys/devices/vif-3-0");
        file("sys/class/net/lo/mtu", "65536\n");
        file("proc/net/route", """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth1\t00000000\t010200C0\t0003\t0\t0\t900\t00000000\t0\t0\t0
                xenbr0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
                """);
        file("etc/resolv.conf", "search example.org\nnameserver 192.0.2.1\nnameserver 192.0.2.2\n");
        LinuxMachine machine = machine();
        assertThat(machine.nics())
                .containsExactly(
                        new HostFacts.Nic(
                                "eth0",
                                "52:54:00:12:34:56",
                                9000,
                                "xenbr0",
                                true,
                                10000,
                                true,
                                "1af4",
                                "0001",
                                "0000:00:03.0",
                                new HostFacts.Addresses(
                                        "192.0.2.7",
                                        "255.255.240.0",
                                        true,
                                        "192.0.2.1",
                                        "192.0.2.1,192.0.2.2",
                                        List.of("2001:db8::7/64"))),
                        new HostFacts.Nic(
                                "eth1",
                                "",
                                1500,
                                "",
                                false,
                                0,
                                false,
                                "",
                                "",
                                "0000:00:04.0",
                                HostFacts.Addresses.NONE));
        assertThat(machine.bridges())
                .containsExactly(
                        new HostFacts.Bridge("virbr0", 1500, false), new HostFacts.Bridge("xenbr0", 9000, true));
    }

    @Test
    void aMachineThatTellsNothingIsNoFailure() {
        LinuxMachine machine = new LinuxMachine(root, () -> "");
        assertThat(machine.hostname()).isEqualTo("localhost");
        assertThat(machine.nics()).isEmpty();
        assertThat(machine.cpuModel().vendor()).isEmpty();
    }
}
