package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.datamodel.FreshIds;

/** Files of worlds: what they mean, and errors that name line and key. */
class WorldFileTest {
    private static WorldFile parse(String... lines) {
        return WorldFile.parse("w.yaml", String.join("\n", lines));
    }

    @Test
    void aPatternMakesManyVms() {
        WorldFile world = parse(
                "host: {memory: 8G}", "vms:", "  - {name: 'web-{08..11}.lan', memory: 64M, disks: [{size: 1G}, {}]}");
        assertThat(world.machines())
                .extracting(WorldFile.Machine::name)
                .containsExactly("web-08.lan", "web-09.lan", "web-10.lan", "web-11.lan");
        assertThat(world.machines().get(0).disks())
                .containsExactly(
                        new WorldFile.Disk("Local storage", 1L << 30), new WorldFile.Disk("Local storage", 8L << 30));
        assertThat(world.machines().get(0).networks()).containsExactly("eth0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"laptop", "small-office", "64-hosts", "1000-vms"})
    void theReadyMadeWorldsCanBe(String name) throws Exception {
        WorldFile world = WorldFile.read(name);
        assertThat(world.machines()).hasSizeGreaterThan(2);
        assertThat(WorldFile.READY_MADE).contains(name);
    }

    @Test
    void aPatternMakesManyHosts() throws Exception {
        WorldFile world = WorldFile.read("64-hosts");
        assertThat(world.hosts()).hasSize(64).extracting(WorldFile.Host::name).contains("node-01", "node-64");
        assertThat(world.hosts().stream().flatMap(host -> host.nics().stream()).map(WorldFile.Nic::mac))
                .hasSize(3 * 64)
                .doesNotHaveDuplicates();
    }

    @Test
    void theLargeWorldHasAThousandVms() throws Exception {
        assertThat(WorldFile.read("1000-vms").machines()).hasSize(1000);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vms: [{nam: x}]|w.yaml:1: vms[0].nam is no key here; known are name, description",
                "vms: [{memory: 1G}]|w.yaml:1: vms[0].name is missing",
                "vms: [{name: x, memory: lots}]|w.yaml:1: vms[0].memory must be a size such as 512M or 2G, not lots",
                "vms: [{name: x, memory: 1M}]|w.yaml:1: vms[0].memory must be from 32M to 1T, not 1M",
                "vms: [{name: x, running: perhaps}]|w.yaml:1: vms[0].running must be true or false, not perhaps",
                "vms: [{name: 'x{1..99999}'}]|w.yaml:1: vms[0].name must count upwards",
                "vms: [{name: x, disks: [{sr: Gone}]}]|w.yaml:1: vms[0].disks[0].sr must name an SR of this world",
                "vms: [{name: x, networks: [Gone]}]|w.yaml:1: vms[0].networks has Gone; known are eth0",
                "vms: [{name: 'x{1..99}', memory: 1G, running: true}]|w.yaml:1: vms[0].running does not fit",
                "srs: [{name: a, type: zfs}]|w.yaml:1: srs[0].type must be one of dummy, file, iso, nfs, smb, lvmoiscsi",
                "srs: [{name: a, type: dummy, speed: 1G}]|w.yaml:1: srs[0].speed goes with data",
                "srs: [{name: a, type: file, config: {location: x}}]|w.yaml:1: srs[0].config goes with the types of servers",
                "srs: [{name: a, type: nfs, config: {server: [x]}}]|w.yaml:1: srs[0].config must have single values",
                "{hosts: [{name: a}, {name: b}], srs: [{name: a, type: lvm}]}|w.yaml:1: srs[0].host must name the host",
                "hosts: [{name: 'x{1..65}'}]|w.yaml:1: hosts[0].name makes more than 64 hosts",
                "srs: [{name: a, type: iso, size: 1G}]|w.yaml:1: srs[0].size goes with disks",
                "hosts: [{name: a}, {}]|w.yaml:1: hosts[1].name is missing",
                "hosts: [{name: a}, {name: a}]|w.yaml:1: hosts[1].name must be a name of its own, not a",
                "srs: [{name: a, type: file, host: b}]|w.yaml:1: srs[0].host must name a host of this world, not b",
                "networks: [{name: a, vlan: 5}, {name: b, vlan: 5}]|w.yaml:1: networks[1].vlan must be a tag of its own",
                "networks: [{name: a, bond: [eth0], vlan: 5}]|w.yaml:1: networks[0].bond and vlan exclude each other",
                "networks: [{name: a, bond: [eth0, eth9]}]|w.yaml:1: networks[0].bond must name interfaces of one host",
                "networks: [{name: a, bond: [eth0]}, {name: b, bond: [eth0]}]|w.yaml:1: networks[1].bond must name",
                "networks: [{name: a, bond: [eth0], mode: x}]|w.yaml:1: networks[0].mode must be balance-slb, active",
                "host: [1]|w.yaml:1: host must have keys and values",
                "host: {cpus: 0}|w.yaml:1: host.cpus must be a number from 1 to 4096, not 0",
                "host: {nics: [{mac: x}]}|w.yaml:1: host.nics[0].mac must be an address",
                "users: [{name: bob, password: x}]|w.yaml:1: users[0].role is missing",
                "users: [{name: bob, password: x, role: king}]|w.yaml:1: users[0].role must be one of pool-admin",
                "users: [{name: root, password: x, role: pool-admin}]|w.yaml:1: users[0].role is not for root",
                "time: tomorrow|w.yaml:1: time must be a time such as 2026-01-31T12:00:00Z, not tomorrow",
                "time: 1970-01-01T00:00:00Z|w.yaml:1: time must be between the years 2000 and 2100",
                "host: {cpus: 1, cpus: 2}|w.yaml:1: host.cpus is there twice",
                "a: b: c|w.yaml:1: this is not YAML: ",
                "[]|w.yaml:1: the world must have keys and values",
            })
    void anErrorNamesLineAndKey(String text, String error) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(WorldException.class)
                .message()
                .startsWith(error);
    }

    @Test
    void anErrorIsOnItsLine() {
        assertThatThrownBy(() -> parse("# a world", "vms:", "  - name: x", "    vcpus: many"))
                .hasMessageStartingWith("w.yaml:4: vms[0].vcpus must be a number");
    }

    @Test
    void idsFollowFromTheSeedForEachPurpose() {
        try {
            FreshIds.seed(5L);
            List<UUID> first = List.of(FreshIds.uuid("test a"), FreshIds.uuid("test a"), FreshIds.uuid("test b"));
            FreshIds.seed(5L);
            List<UUID> again = List.of(FreshIds.uuid("test b"), FreshIds.uuid("test a"), FreshIds.uuid("test a"));
            assertThat(again).containsExactlyInAnyOrderElementsOf(first).doesNotHaveDuplicates();
            assertThat(first.get(0).version()).isEqualTo(4);
        } finally {
            FreshIds.seed(null);
        }
    }
}
