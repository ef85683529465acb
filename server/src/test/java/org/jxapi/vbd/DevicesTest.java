package org.jxapi.vbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;

/** Disks, discs and network interfaces of VMs: what XAPI allows, and its errors for the rest. */
class DevicesTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static String sr;

    @BeforeAll
    static void start() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
    }

    private static String disc() throws Exception {
        String isos = calls.first("SR.get_by_name_label", "ISO images");
        Path location = Path.of(calls.ok("PBD.get_device_config", calls.first("SR.get_PBDs", isos))
                .get("location")
                .asText());
        Path file = location.resolve("disc.iso");
        if (!Files.exists(file)) {
            Files.write(file, new byte[2048]);
        }
        calls.ok("SR.scan", isos);
        return calls.first("VDI.get_by_name_label", "disc.iso");
    }

    private static Map<String, Object> drive(String vm) {
        Map<String, Object> record = Calls.vbdRecord(vm, "OpaqueRef:NULL");
        record.put("type", "CD");
        record.put("mode", "RO");
        record.put("empty", true);
        record.put("userdevice", "3");
        return record;
    }

    @Test
    void aVbdIsMadeOnlyWhereItCanWork() throws Exception {
        String vm = calls.vm("vbds");
        String vdi = calls.vdi(sr, MIB);
        Map<String, Object> record = Calls.vbdRecord(vm, vdi);
        String vbd = calls.text("VBD.create", record);
        assertThat(calls.text("VBD.get_userdevice", vbd)).isEqualTo("0");
        assertThat(calls.text("VBD.get_userdevice", calls.text("VBD.create", record)))
                .isEqualTo("1");
        assertThat(calls.error("VBD.create", Calls.with(record, "userdevice", "0")))
                .containsExactly("DEVICE_ALREADY_EXISTS", "0");
        assertThat(calls.error("VBD.create", Calls.with(record, "userdevice", "xvda")))
                .containsExactly("DEVICE_ALREADY_EXISTS", "xvda");
        for (String wrong : List.of("-1", "disk", "1048576", "xvda256", "sdq", "sda16", "fda", "d1p", "xvda 1")) {
            assertThat(calls.error("VBD.create", Calls.with(record, "userdevice", wrong)))
                    .containsExactly("INVALID_DEVICE", wrong);
        }
        assertThat(calls.error("VBD.create", Calls.with(record, "type", "CD")))
                .containsExactly("VBD_CDS_MUST_BE_READONLY");
        assertThat(calls.error("VBD.create", Calls.with(record, "empty", true)))
                .containsExactly("VBD_NOT_REMOVABLE_MEDIA", "in constructor");
        assertThat(calls.error("VBD.create", Calls.with(record, "VDI", disc()))).startsWith("VDI_READONLY");
        assertThat(calls.error("VBD.create", Calls.with(record, "VDI", "OpaqueRef:none")))
                .containsExactly("HANDLE_INVALID", "VDI", "OpaqueRef:none");
    }

    @Test
    void aDiscGoesInAndOut() throws Exception {
        String vm = calls.vm("discs");
        String drive = calls.text("VBD.create", drive(vm));
        String disc = disc();
        String disk = calls.text("VBD.create", Calls.vbdRecord(vm, calls.vdi(sr, MIB)));
        assertThat(calls.error("VBD.eject", drive)).containsExactly("VBD_IS_EMPTY", drive);
        assertThat(calls.error("VBD.insert", disk, disc)).containsExactly("VBD_NOT_REMOVABLE_MEDIA", disk);
        calls.ok("VBD.insert", drive, disc);
        assertThat(calls.error("VBD.insert", drive, disc)).containsExactly("VBD_NOT_EMPTY", drive);
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.list("VBD.get_allowed_operations", drive))
                .contains("eject", "attach")
                .doesNotContain("insert", "plug", "unplug");
        assertThat(calls.error("VBD.unplug", drive))
                .containsExactly(
                        "OPERATION_NOT_ALLOWED", "HVM CDROMs cannot be hotplugged/unplugged, only inserted or ejected");
        calls.ok("VBD.eject", drive);
        assertThat(calls.ok("VBD.get_empty", drive).asBoolean()).isTrue();
        calls.ok("VM.suspend", vm);
        assertThat(calls.error("VBD.insert", drive, disc))
                .containsExactly("VM_BAD_POWER_STATE", vm, "halted, running", "suspended");
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void aDiskBelongsToOneRunningVmUnlessItIsShared() throws Exception {
        String one = calls.vm("one");
        String two = calls.vm("two");
        String vdi = calls.vdi(sr, MIB);
        String first = calls.text("VBD.create", Calls.vbdRecord(one, vdi));
        String second = calls.text("VBD.create", Calls.vbdRecord(two, vdi));
        calls.ok("VM.start", one, false, false);
        assertThat(calls.error("VBD.plug", first)).containsExactly("DEVICE_ALREADY_ATTACHED", first);
        assertThat(calls.error("VBD.plug", second)).containsExactly("VM_BAD_POWER_STATE", two, "running", "halted");
        assertThat(calls.error("VBD.assert_attachable", second)).containsExactly("VDI_IN_USE", vdi);
        assertThat(calls.error("VDI.destroy", vdi)).containsExactly("VDI_IN_USE", vdi, "destroy");
        assertThat(calls.error("VDI.resize", vdi, 2 * MIB)).containsExactly("VDI_IN_USE", vdi, "resize");
        assertThat(calls.error("PBD.unplug", calls.first("SR.get_PBDs", sr))).startsWith("VDI_IN_USE");
        assertThat(calls.list("VDI.get_allowed_operations", vdi))
                .containsExactlyInAnyOrder("snapshot", "clone", "resize_online");
        assertThat(calls.error("VBD.destroy", first).get(0)).isEqualTo("OPERATION_NOT_ALLOWED");
        assertThat(calls.error("VBD.set_mode", first, "RO"))
                .containsExactly("VM_BAD_POWER_STATE", one, "halted", "running");
        calls.ok("VBD.unplug", first);
        assertThat(calls.error("VBD.unplug", first)).containsExactly("DEVICE_ALREADY_DETACHED", first);
        calls.ok("VBD.assert_attachable", second);
        calls.ok("VBD.plug", first);
        calls.ok("VBD.set_unpluggable", first, false);
        assertThat(calls.error("VBD.unplug", first)).containsExactly("VBD_NOT_UNPLUGGABLE", first);
        assertThat(calls.error("VBD.unplug_force", first)).containsExactly("VBD_NOT_UNPLUGGABLE", first);
        calls.ok("VBD.set_unpluggable", first, true);
        calls.ok("VBD.unplug_force", first);
        calls.ok("VM.hard_shutdown", one);
        calls.ok("VDI.destroy", vdi);
        assertThat(calls.error("VBD.get_record", second)).containsExactly("HANDLE_INVALID", "VBD", second);
    }

    /** Every listed operation of a disk works, and every other one fails, in every state of it. */
    @Test
    void whatADiskAllowsSucceedsAndNothingElseDoes() throws Exception {
        String vm = calls.vm("states");
        String plain = calls.vdi(sr, MIB);
        String shared = calls.text("VDI.create", Calls.with(Calls.vdiRecord(sr, MIB), "sharable", true));
        String reset = calls.vdi(sr, MIB);
        calls.ok("VDI.set_on_boot", reset, "reset");
        String attached = calls.vdi(sr, MIB);
        String readOnly = calls.vdi(sr, MIB);
        String disc = disc();
        calls.ok("VBD.create", Calls.vbdRecord(vm, attached));
        calls.ok("VBD.create", Calls.with(Calls.vbdRecord(vm, readOnly), "mode", "RO"));
        for (String state : List.of("VM.start", "VM.pause", "VM.unpause", "VM.suspend", "VM.hard_shutdown")) {
            if (state.equals("VM.start")) {
                calls.ok(state, vm, false, false);
            } else {
                calls.ok(state, vm);
            }
            for (String vdi : List.of(plain, shared, reset, attached, readOnly, disc)) {
                List<String> allowed = calls.list("VDI.get_allowed_operations", vdi);
                Map<String, String> outcomes = new LinkedHashMap<>();
                outcomes.put("snapshot", calls.outcome("VDI.snapshot", vdi, Map.of()));
                outcomes.put("clone", calls.outcome("VDI.clone", vdi, Map.of()));
                outcomes.put("resize", calls.outcome("VDI.resize", vdi, MIB));
                outcomes.put("update", calls.outcome("VDI.update", vdi));
                outcomes.put("copy", calls.outcome("VDI.copy", vdi, sr));
                outcomes.put("resize_online", calls.outcome("VDI.resize_online", vdi, MIB));
                outcomes.forEach((operation, outcome) -> assertThat(outcome.equals("ok"))
                        .as("%s of %s after %s: %s", operation, vdi, state, outcome)
                        .isEqualTo(allowed.contains(operation)));
            }
        }
        for (String vdi : List.of(plain, shared, reset, attached, readOnly)) {
            assertThat(calls.list("VDI.get_allowed_operations", vdi)).contains("destroy");
            calls.ok("VDI.destroy", vdi);
        }
    }

    private static Map<String, Object> vifRecord(String vm) throws Exception {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("VM", vm);
        record.put("network", calls.first("network.get_by_name_label", "Host internal management network"));
        record.put("device", "0");
        record.put("MAC", "");
        record.put("MTU", 1500);
        record.put("other_config", Map.of());
        record.put("qos_algorithm_type", "");
        record.put("qos_algorithm_params", Map.of());
        return record;
    }

    @Test
    void aVifIsMadePluggedMovedAndUnplugged() throws Exception {
        String vm = calls.vm("vifs");
        Map<String, Object> record = vifRecord(vm);
        String vif = calls.text("VIF.create", record);
        String mac = calls.text("VIF.get_MAC", vif);
        assertThat(calls.ok("VIF.get_MAC_autogenerated", vif).asBoolean()).isTrue();
        assertThat(calls.error("VIF.create", record)).containsExactly("DEVICE_ALREADY_EXISTS", "0");
        assertThat(calls.error("VIF.create", Calls.with(record, "device", "eth1")))
                .containsExactly("INVALID_DEVICE", "eth1");
        assertThat(calls.error("VIF.create", Calls.with(Calls.with(record, "device", "1"), "MAC", "12:34")))
                .containsExactly("MAC_INVALID", "12:34");
        calls.ok("VIF.destroy", vif);
        String again = calls.text("VIF.create", record);
        assertThat(calls.text("VIF.get_MAC", again)).as("the VM's seed decides").isEqualTo(mac);

        assertThat(calls.error("VIF.plug", again)).containsExactly("VM_BAD_POWER_STATE", vm, "running", "halted");
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.list("VIF.get_allowed_operations", again)).containsExactlyInAnyOrder("attach", "unplug");
        assertThat(calls.error("VIF.plug", again)).containsExactly("DEVICE_ALREADY_ATTACHED", again);
        assertThat(calls.error("VIF.destroy", again).get(0)).isEqualTo("OPERATION_NOT_ALLOWED");
        String other = calls.text("network.create", Map.of("name_label", "other", "other_config", Map.of()));
        calls.ok("VIF.move", again, other);
        assertThat(calls.text("VIF.get_network", again)).isEqualTo(other);
        assertThat(calls.error("network.destroy", other)).containsExactly("NETWORK_CONTAINS_VIF", again);
        assertThat(calls.error("VIF.configure_ipv4", again, "Static", "10.0.0.300/24", ""))
                .containsExactly("INVALID_CIDR_ADDRESS_SPECIFIED", "address");
        assertThat(calls.error("VIF.configure_ipv6", again, "Static", "fd00::1/64", "10.0.0.1"))
                .containsExactly("INVALID_IP_ADDRESS_SPECIFIED", "gateway");
        assertThat(calls.error("VIF.configure_ipv4", again, "Static", "10.0.0.3/24", ""))
                .containsExactly("VM_LACKS_FEATURE", vm);
        SimulatorOrders simulator = new SimulatorOrders(daemon);
        simulator.fault("nic-remove", "fail", "TIMEDOUT");
        assertThat(calls.error("VIF.unplug", again)).containsExactly("DEVICE_DETACH_TIMEOUT", "VIF", again);
        calls.ok("VIF.unplug", again);
        assertThat(calls.error("VIF.unplug", again)).containsExactly("DEVICE_ALREADY_DETACHED", again);
        simulator.fault("nic-add", "fail", "DOMAIN_NOTFOUND");
        assertThat(calls.error("VIF.plug", again)).containsExactly("VM_HALTED", vm);
        calls.ok("network.destroy", other);
        assertThat(calls.error("VIF.get_record", again)).containsExactly("HANDLE_INVALID", "VIF", again);
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void aVifIsLockedToItsAddresses() throws Exception {
        String vm = calls.vm("locked");
        Map<String, Object> record = Calls.with(vifRecord(vm), "locking_mode", "locked");
        String vif = calls.text("VIF.create", Calls.with(record, "ipv4_allowed", List.of("10.0.0.5")));
        calls.ok("VIF.add_ipv4_allowed", vif, "10.0.0.6");
        calls.ok("VIF.add_ipv4_allowed", vif, "10.0.0.6");
        assertThat(calls.list("VIF.get_ipv4_allowed", vif)).containsExactly("10.0.0.5", "10.0.0.6");
        calls.ok("VIF.remove_ipv4_allowed", vif, "10.0.0.5");
        assertThat(calls.error("VIF.add_ipv4_allowed", vif, "10.0.0.777"))
                .containsExactly("INVALID_IP_ADDRESS_SPECIFIED", "ipv4_allowed");
        assertThat(calls.error("VIF.set_ipv6_allowed", vif, List.of("10.0.0.7")))
                .containsExactly("INVALID_IP_ADDRESS_SPECIFIED", "ipv6_allowed");
        calls.ok("VIF.set_ipv6_allowed", vif, List.of("fd00::1"));
        assertThat(calls.error("VIF.configure_ipv4", vif, "Static", "10.0.0.9/24", ""))
                .containsExactly("ADDRESS_VIOLATES_LOCKING_CONSTRAINT", "10.0.0.9/24");
        assertThat(calls.error("VIF.configure_ipv4", vif, "Static", "10.0.0.6/24", "")
                        .get(0))
                .isEqualTo("VM_LACKS_FEATURE");
        calls.ok("VIF.set_locking_mode", vif, "network_default");
        assertThat(calls.text("VIF.get_locking_mode", vif)).isEqualTo("network_default");
        String network = calls.text("VIF.get_network", vif);
        calls.ok("network.set_default_locking_mode", network, "disabled");
        calls.ok("network.set_default_locking_mode", network, "unlocked");
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.error("network.set_default_locking_mode", network, "disabled")
                        .get(0))
                .isEqualTo("VIF_IN_USE");
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void aNetworkGetsABridgeOfItsOwn() throws Exception {
        String first = calls.text("network.create", Map.of("name_label", "a", "other_config", Map.of(), "MTU", 0));
        assertThat(calls.text("network.get_bridge", first)).matches("xapi\\d+");
        assertThat(calls.ok("network.get_MTU", first).asLong()).isEqualTo(1500);
        Map<String, Object> named = Map.of("name_label", "b", "other_config", Map.of(), "bridge", "mine");
        calls.ok("network.create", named);
        assertThat(calls.error("network.create", named)).containsExactly("BRIDGE_NAME_EXISTS", "mine");
        for (String wrong : List.of("xenbr7", "much-too-long-name", "a b", "../x")) {
            assertThat(calls.error("network.create", Calls.with(named, "bridge", wrong)))
                    .containsExactly("INVALID_VALUE", "bridge", wrong);
        }
        String system = calls.first("network.get_by_name_label", "Host internal management network");
        assertThat(calls.error("network.destroy", system)).containsExactly("CANNOT_DESTROY_SYSTEM_NETWORK", system);
        String pif = calls.first("PIF.get_all");
        assertThat(calls.error("network.destroy", calls.text("PIF.get_network", pif)))
                .startsWith("NETWORK_CONTAINS_PIF", pif);
        calls.ok("network.add_purpose", first, "nbd");
        assertThat(calls.error("network.add_purpose", first, "insecure_nbd"))
                .containsExactly("NETWORK_INCOMPATIBLE_PURPOSES", "insecure_nbd", "nbd");
        calls.ok("network.remove_purpose", first, "nbd");
        calls.ok("network.destroy", first);
    }

    @Test
    void aVifIsATrunkUnlessItsNetworkIsAVlan() throws Exception {
        String vm = calls.vm("trunks");
        Map<String, Object> record = Calls.with(vifRecord(vm), "trunks", List.of(2201));
        String vif = calls.text("VIF.create", record);
        calls.ok("VIF.add_trunks", vif, 3201);
        calls.ok("VIF.add_trunks", vif, 3201);
        assertThat(calls.list("VIF.get_trunks", vif)).containsExactly("3201", "2201");
        calls.ok("VIF.remove_trunks", vif, 2201);
        assertThat(calls.list("VIF.get_trunks", vif)).containsExactly("3201");
        assertThat(calls.error("VIF.add_trunks", vif, 4095)).containsExactly("VLAN_TAG_INVALID", "4095");
        assertThat(calls.error("VIF.set_trunks", vif, List.of(5, -1))).containsExactly("VLAN_TAG_INVALID", "-1");
        assertThat(calls.list("VIF.get_trunks", vif)).containsExactly("3201");

        String network = calls.text("network.create", Map.of("name_label", "tagged", "other_config", Map.of()));
        String vlan = calls.text("VLAN.create", calls.first("PIF.get_all"), 21, network);
        assertThat(calls.error("VIF.move", vif, network)).containsExactly("NETWORK_INCOMPATIBLE_WITH_TRUNKS", network);
        Map<String, Object> tagged = Calls.with(Calls.with(record, "network", network), "device", "1");
        assertThat(calls.error("VIF.create", tagged)).containsExactly("NETWORK_INCOMPATIBLE_WITH_TRUNKS", network);
        calls.ok("VIF.set_trunks", vif, List.of());
        calls.ok("VIF.move", vif, network);
        assertThat(calls.error("VIF.add_trunks", vif, 7)).containsExactly("NETWORK_INCOMPATIBLE_WITH_TRUNKS", network);
        calls.ok("VIF.set_trunks", vif, List.of());
        calls.ok("VIF.destroy", vif);
        calls.ok("VLAN.destroy", vlan);
        calls.ok("network.destroy", network);
    }

    @Test
    void aVlanConnectsANetworkWithAnInterface() throws Exception {
        String base = calls.first("PIF.get_all");
        String host = calls.first("host.get_all");
        String network = calls.text("network.create", Map.of("name_label", "vlan", "other_config", Map.of()));
        assertThat(calls.error("VLAN.create", base, 4095, network)).containsExactly("VLAN_TAG_INVALID", "4095");
        String vlan = calls.text("VLAN.create", base, 12, network);
        String pif = calls.text("VLAN.get_untagged_PIF", vlan);
        assertThat(calls.ok("PIF.get_currently_attached", pif).asBoolean()).isTrue();
        assertThat(calls.ok("PIF.get_VLAN", pif).asLong()).isEqualTo(12);
        assertThat(calls.text("PIF.get_VLAN_master_of", pif)).isEqualTo(vlan);
        assertThat(calls.list("PIF.get_VLAN_slave_of", base)).containsExactly(vlan);
        String second = calls.text("network.create", Map.of("name_label", "vlan2", "other_config", Map.of()));
        assertThat(calls.error("VLAN.create", base, 12, second)).containsExactly("PIF_VLAN_EXISTS", "eth0");
        assertThat(calls.error("VLAN.create", pif, 13, second)).containsExactly("PIF_IS_VLAN", pif);
        assertThat(calls.error("VLAN.create", base, 13, network))
                .containsExactly("NETWORK_ALREADY_CONNECTED", host, pif);
        assertThat(calls.error("PIF.forget", base)).startsWith("PIF_IS_MANAGEMENT_INTERFACE");
        calls.ok("PIF.unplug", pif);
        assertThat(calls.ok("PIF.get_currently_attached", pif).asBoolean()).isFalse();
        calls.ok("PIF.plug", pif);
        calls.ok("VLAN.destroy", vlan);
        assertThat(calls.error("PIF.get_record", pif)).containsExactly("HANDLE_INVALID", "PIF", pif);

        String made = calls.first("pool.create_VLAN_from_PIF", base, network, 14);
        assertThat(calls.error("PIF.destroy", base).get(0)).isEqualTo("PIF_IS_PHYSICAL");
        calls.ok("PIF.destroy", made);
        int before = calls.list("PIF.get_all").size();
        calls.ok("PIF.scan", host);
        assertThat(calls.list("PIF.get_all")).hasSize(before);
        assertThat(calls.error("PIF.introduce", host, "", "eth0", true))
                .containsExactly("DUPLICATE_PIF_DEVICE_NAME", "eth0");
        assertThat(calls.error("PIF.introduce", host, "00:16:3e:11:22:33", "eth9", true))
                .startsWith("COULD_NOT_FIND_NETWORK_INTERFACE_WITH_SPECIFIED_DEVICE_NAME_AND_MAC_ADDRESS");
    }
}
