package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jxapi.harness.SimulatorOrders.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.xensource.xenapi.Connection;
import com.xensource.xenapi.Host;
import com.xensource.xenapi.Session;
import com.xensource.xenapi.Types;
import com.xensource.xenapi.VBD;
import com.xensource.xenapi.VDI;
import com.xensource.xenapi.VM;
import com.xensource.xenapi.VMGuestMetrics;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorOrders;

/** What VMs allow and refuse, what they need, and what their guests tell. */
class VmApiTest {
    private static final long MIB = 1L << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static Connection connection;
    private static JsonClient json;
    private static String session;
    private static final SimulatorOrders simulator = new SimulatorOrders(daemon);

    @BeforeAll
    static void login() throws Exception {
        connection = new Connection(daemon.http());
        Session.loginWithPassword(connection, "root", daemon.password(), "2.21", "test");
        json = new JsonClient(daemon.http());
        session = json.login(daemon.password());
    }

    private static VM template(String name) throws Exception {
        return VM.getByNameLabel(connection, name).iterator().next();
    }

    private static VM made(String name) throws Exception {
        VM vm = template("Other install media").createClone(connection, name);
        vm.provision(connection);
        return vm;
    }

    private static VM running(String name) throws Exception {
        VM vm = made(name);
        vm.start(connection, false, false);
        return vm;
    }

    private static String error(String method, Object... params) throws Exception {
        Object[] all = new Object[params.length + 1];
        all[0] = session;
        System.arraycopy(params, 0, all, 1, params.length);
        JsonNode error = json.call(method, List.of(all)).path("error");
        StringBuilder text = new StringBuilder(error.path("message").asText());
        error.path("data").forEach(p -> text.append(' ').append(p.asText()));
        return text.toString();
    }

    private static List<String> alerts(VM vm) throws Exception {
        String all = json.ok("message.get", session, "VM", vm.getUuid(connection), "19700101T00:00:00Z")
                .findValuesAsText("name")
                .toString();
        return List.of(all.substring(1, all.length() - 1).split(", "));
    }

    @Test
    void eachWrongStateIsNamedWithWhatWasExpected() throws Exception {
        VM vm = made("states");
        String ref = vm.toWireString();
        assertThat(error("VM.pause", ref)).isEqualTo("VM_BAD_POWER_STATE " + ref + " running halted");
        assertThat(error("VM.unpause", ref)).isEqualTo("VM_BAD_POWER_STATE " + ref + " paused halted");
        assertThat(error("VM.hard_shutdown", ref))
                .isEqualTo("VM_BAD_POWER_STATE " + ref + " paused, suspended, running halted");
        assertThat(error("VM.resume", ref, false, false)).isEqualTo("VM_BAD_POWER_STATE " + ref + " suspended halted");
        assertThat(error("VM.hard_reboot", ref)).isEqualTo("VM_BAD_POWER_STATE " + ref + " paused, running halted");
        assertThat(error("VM.provision", ref)).isEqualTo("PROVISION_ONLY_ALLOWED_ON_TEMPLATE");
        assertThat(error("VM.revert", ref)).isEqualTo("REVERT_ONLY_ALLOWED_ON_SNAPSHOT");
        assertThat(error("VM.query_services", ref)).isEqualTo("NOT_SYSTEM_DOMAIN " + ref);
        String template = template("Other install media").toWireString();
        assertThat(error("VM.start", template, false, false)).isEqualTo("VM_IS_TEMPLATE " + template + " start");
        assertThat(error("VM.destroy", template)).isEqualTo("VM_IS_TEMPLATE " + template + " destroy");
        VM zero = Host.getAll(connection).iterator().next().getControlDomain(connection);
        assertThat(error("VM.pause", zero.toWireString())).startsWith("OPERATION_NOT_ALLOWED");
        assertThat(error("VM.destroy", zero.toWireString())).startsWith("VM_BAD_POWER_STATE");
        assertThat(error("VM.power_state_reset", zero.toWireString()))
                .isEqualTo("CANNOT_RESET_CONTROL_DOMAIN " + zero.toWireString());
        vm.setBlockedOperations(connection, Map.of(Types.VmOperations.START, "not today"));
        assertThat(error("VM.start", ref, false, false)).isEqualTo("OPERATION_BLOCKED " + ref + " not today");
        assertThat(vm.getAllowedOperations(connection)).doesNotContain(Types.VmOperations.START);
        vm.destroy(connection);
    }

    @Test
    void aCloneOfADefaultTemplateCanBeDestroyed() throws Exception {
        VM clone = template("Debian Bookworm 12").createClone(connection, "to destroy");
        assertThat(clone.getIsATemplate(connection)).isTrue();
        assertThat(clone.getIsDefaultTemplate(connection)).isFalse();
        assertThat(clone.getOtherConfig(connection))
                .doesNotContainKey("default_template")
                .containsEntry("base_template_name", "Debian Bookworm 12")
                .containsKeys("mac_seed", "install-methods", "disks");
        clone.destroy(connection);
        VM vm = template("Debian Bookworm 12").createClone(connection, "provisioned");
        vm.provision(connection);
        assertThat(vm.getOtherConfig(connection)).containsKey("install-methods").doesNotContainKey("disks");
        VBD disk = vm.getVBDs(connection).iterator().next();
        assertThat(disk.getOtherConfig(connection)).containsKey("owner");
        assertThat(disk.getVDI(connection).getNameDescription(connection)).isEqualTo("Created by template provisioner");
        assertThat(vm.getMetrics(connection).getInstallTime(connection).getTime())
                .isPositive();
        vm.destroy(connection);
    }

    @Test
    void memoryHasOverheadAndAnOrder() throws Exception {
        VM vm = made("memory");
        String ref = vm.toWireString();
        vm.setMemoryLimits(connection, 256 * MIB, 1024 * MIB, 512 * MIB, 1024 * MIB);
        vm.setVCPUsMax(connection, 2L);
        // 1 + 1 internal and external, 2 * 256 + 2 * 1024 pages of shadow, 2 * 38 pages of Xen's.
        assertThat(vm.computeMemoryOverhead(connection)).isEqualTo((2 + 10 + 1) * MIB);
        assertThat(vm.getMemoryOverhead(connection)).isEqualTo(13 * MIB);
        vm.setHVMShadowMultiplier(connection, 2.0);
        assertThat(vm.getMemoryOverhead(connection)).isEqualTo(23 * MIB);
        assertThat(error("VM.set_HVM_shadow_multiplier", ref, 0.5)).isEqualTo("INVALID_VALUE multiplier 0.5");
        assertThat(error("VM.set_memory_dynamic_range", ref, 600 * MIB, 500 * MIB))
                .isEqualTo("MEMORY_CONSTRAINT_VIOLATION_ORDER");
        assertThat(vm.getMemoryDynamicMax(connection)).isEqualTo(1024 * MIB);
        long fits = vm.maximiseMemory(connection, 1024 * MIB, false);
        assertThat(fits).isBetween(980 * MIB, 1010 * MIB);
        assertThat(vm.maximiseMemory(connection, 1024 * MIB, true)).isLessThan(fits);
        vm.setPlatform(connection, Map.of("nested-virt", "true"));
        assertThat(error("VM.start", ref, false, false)).isEqualTo("MEMORY_CONSTRAINT_VIOLATION_MAXPIN nested virt");
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);
        vm.destroy(connection);
    }

    @Test
    void aVmThatDoesNotFitIsToldWhatItNeeds() throws Exception {
        Host host = Host.getAll(connection).iterator().next();
        VM vm = made("huge");
        String ref = vm.toWireString();
        vm.setMemoryLimits(connection, 1L << 30, 1L << 40, 1L << 40, 1L << 40);
        assertThat(error("VM.start", ref, false, false)).startsWith("HOST_NOT_ENOUGH_FREE_MEMORY 11");
        assertThat(error("VM.assert_can_boot_here", ref, host.toWireString()))
                .startsWith("HOST_NOT_ENOUGH_FREE_MEMORY");
        assertThat(vm.getPossibleHosts(connection)).isEmpty();
        vm.setMemoryLimits(connection, 1L << 30, 1L << 30, 1L << 30, 1L << 30);
        assertThat(vm.getPossibleHosts(connection)).containsExactly(host);
        vm.setVCPUsMax(connection, 1000L);
        assertThat(error("VM.start_on", ref, host.toWireString(), false, false))
                .isEqualTo("HOST_NOT_ENOUGH_PCPUS 1000 16");
        assertThat(error("VM.start", ref, false, false)).isEqualTo("NO_HOSTS_AVAILABLE");
        assertThat(vm.getCurrentOperations(connection)).isEmpty();
        assertThat(json.ok("VM.get_scheduled_to_be_resident_on", session, ref).asText())
                .isEqualTo("OpaqueRef:NULL");
        vm.setVCPUsMax(connection, 1L);
        host.disable(connection);
        try {
            assertThat(error("VM.start_on", ref, host.toWireString(), false, false))
                    .isEqualTo("HOST_DISABLED " + host.toWireString());
            assertThat(error("VM.start", ref, false, false)).isEqualTo("NO_HOSTS_AVAILABLE");
        } finally {
            host.enable(connection);
        }
        vm.destroy(connection);
    }

    @Test
    void othersBalloonDownForAVmThatWouldNotFitOtherwise() throws Exception {
        long free = Host.getAll(connection).iterator().next().computeFreeMemory(connection);
        VM greedy = made("greedy");
        long most = (free - 4096 * MIB) / MIB * MIB;
        greedy.setMemoryLimits(connection, 1024 * MIB, most, 1024 * MIB, most);
        greedy.start(connection, false, false);
        eventually(() -> guest(greedy).other.containsKey("feature-balloon"));
        VM modest = made("modest");
        modest.setMemoryLimits(connection, 8192 * MIB, 8192 * MIB, 8192 * MIB, 8192 * MIB);
        modest.start(connection, false, false);
        assertThat(modest.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        assertThat(greedy.getMemoryTarget(connection)).isLessThan(most);
        modest.hardShutdown(connection);
        eventually(() -> greedy.getMemoryTarget(connection) == most);
        greedy.hardShutdown(connection);
        greedy.destroy(connection);
        modest.destroy(connection);
    }

    @Test
    void aGuestsAgentIsHeard() throws Exception {
        VM vm = running("agent");
        long domid = vm.getDomid(connection);
        eventually(() -> !guest(vm).osVersion.isEmpty());
        assertThat(vm.getAllowedOperations(connection)).contains(Types.VmOperations.SUSPEND);
        simulator.give("{\"domain\": " + domid + ", \"xenstore\": {"
                + "\"attr/vif/0/ipv4/0\": \"10.1.2.3\", \"attr/vif/0/ipv6/0\": \"fe80::1\","
                + "\"data/cant_suspend_reason\": \"a driver\", \"data/host_name_dns\": \"guest\","
                + "\"drivers/0\": \"XenServer XENBUS 9.1.9.105 \", \"feature/hotplug/vbd\": \"1\"}}");
        eventually(() -> "10.1.2.3".equals(guest(vm).networks.get("0/ip")));
        VMGuestMetrics.Record told = guest(vm);
        assertThat(told.networks).containsEntry("0/ipv4/0", "10.1.2.3").containsEntry("0/ipv6/0", "fe80::1");
        assertThat(told.other).containsEntry("data-cant-suspend-reason", "a driver");
        assertThat(told.PVDriversVersion).containsKeys("major", "minor", "micro", "xenbus");
        assertThat(told.canUseHotplugVbd).isEqualTo(Types.TristateType.YES);
        assertThat(told.live).isTrue();
        assertThat(vm.getAllowedOperations(connection)).doesNotContain(Types.VmOperations.SUSPEND);
        assertThat(error("VM.suspend", vm.toWireString()))
                .isEqualTo("VM_NON_SUSPENDABLE " + vm.toWireString() + " a driver");
        vm.cleanShutdown(connection);
        assertThat(guest(vm).live).isFalse();
        assertThat(guest(vm).osVersion).isNotEmpty();
        vm.destroy(connection);
    }

    private static VMGuestMetrics.Record guest(VM vm) throws Exception {
        return vm.getGuestMetrics(connection).getRecord(connection);
    }

    @Test
    void aGuestWithoutDriversThatPromisedNothingIsNotAskedToShutDown() throws Exception {
        VM vm = running("silent");
        long domid = vm.getDomid(connection);
        eventually(() -> !guest(vm).PVDriversVersion.isEmpty());
        simulator.give("{\"domain\": " + domid + ", \"xenstore\": {\"attr/PVAddons/MajorVersion\": null,"
                + "\"control/feature-shutdown\": null, \"control/feature-poweroff\": null,"
                + "\"control/feature-suspend\": null, \"control/feature-vcpu-hotplug\": null}}");
        eventually(() -> !guest(vm).PVDriversVersion.containsKey("major"));
        assertThat(vm.getAllowedOperations(connection))
                .contains(Types.VmOperations.HARD_SHUTDOWN)
                .doesNotContain(Types.VmOperations.CLEAN_SHUTDOWN, Types.VmOperations.SUSPEND);
        for (String method : List.of("VM.clean_shutdown", "VM.suspend")) {
            assertThat(error(method, vm.toWireString())).isEqualTo("VM_LACKS_FEATURE " + vm.toWireString());
        }
        vm.hardShutdown(connection);
        vm.destroy(connection);
    }

    @Test
    void whatHappensToAVmIsWrittenDown() throws Exception {
        VM vm = running("alerts");
        vm.pause(connection);
        vm.unpause(connection);
        vm.suspend(connection);
        vm.resume(connection, false, false);
        vm.cleanReboot(connection);
        VM snapshot = vm.snapshot(connection, "snap");
        vm.hardShutdown(connection);
        assertThat(alerts(vm))
                .containsExactly(
                        "VM_SHUTDOWN",
                        "VM_SNAPSHOTTED",
                        "VM_REBOOTED",
                        "VM_RESUMED",
                        "VM_SUSPENDED",
                        "VM_UNPAUSED",
                        "VM_PAUSED",
                        "VM_STARTED");
        JsonNode records = json.ok("message.get_all_records_where", session, "field \"name\"=\"VM_STARTED\"");
        assertThat(records.findValuesAsText("body"))
                .anySatisfy(body -> assertThat(body).contains("VM 'alerts'", "started on host:"));
        JsonNode batch = json.ok("event.from", session, List.of("message"), "", 5.0);
        assertThat(batch.get("events").findValuesAsText("class")).isNotEmpty().containsOnly("message");
        assertThat(batch.get("valid_ref_counts").has("message")).isFalse();
        String ref = records.fieldNames().next();
        json.ok("message.destroy", session, ref);
        assertThat(error("message.get_record", ref)).isEqualTo("HANDLE_INVALID message " + ref);
        assertThat(error("message.create", "N", 1, "VM", "none", "b")).isEqualTo("UUID_INVALID VM none");
        snapshot.destroy(connection);
        vm.destroy(connection);
    }

    @Test
    void aRevertBringsBackWhatTheVmWas() throws Exception {
        VM vm = template("Debian Bookworm 12").createClone(connection, "original");
        vm.provision(connection);
        VDI disk = vm.getVBDs(connection).iterator().next().getVDI(connection);
        VM snapshot = vm.snapshot(connection, "the snapshot");
        snapshot.setNameDescription(connection, "of the snapshot");
        vm.setNameLabel(connection, "renamed");
        vm.setMemory(connection, 3072 * MIB);
        vm.addTags(connection, "kept");
        vm.start(connection, false, false);
        snapshot.revert(connection);
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);
        assertThat(vm.getNameLabel(connection)).isEqualTo("original");
        assertThat(vm.getMemoryStaticMax(connection)).isEqualTo(2048 * MIB);
        assertThat(vm.getTags(connection)).contains("kept");
        assertThat(vm.getParent(connection)).isEqualTo(snapshot);
        VDI now = vm.getVBDs(connection).iterator().next().getVDI(connection);
        assertThat(now).isNotEqualTo(disk);
        VDI frozen = snapshot.getVBDs(connection).iterator().next().getVDI(connection);
        assertThat(frozen.getSnapshotOf(connection)).isEqualTo(now);
        assertThatThrownBy(() -> disk.getUuid(connection)).isInstanceOf(Types.HandleInvalid.class);
        String uuid = vm.getUuid(connection);
        vm.destroy(connection);
        snapshot.revert(connection);
        VM again = VM.getByUuid(connection, uuid);
        assertThat(again.getNameLabel(connection)).isEqualTo("original");
        assertThat(again.getVBDs(connection)).hasSize(1);
        assertThat(snapshot.getSnapshotOf(connection)).isEqualTo(again);
        again.destroy(connection);
        snapshot.destroy(connection);
    }

    @Test
    void anApplianceStartsItsVmsInOrder() throws Exception {
        String appliance = json.ok("VM_appliance.create", session, Map.of("name_label", "app", "name_description", ""))
                .asText();
        assertThat(error("VM_appliance.start", appliance, false))
                .isEqualTo("OPERATION_NOT_ALLOWED Appliance has no VMs.");
        VM first = made("first");
        VM second = made("second");
        for (VM vm : List.of(first, second)) {
            json.ok("VM.set_appliance", session, vm.toWireString(), appliance);
        }
        second.setOrder(connection, 1L);
        first.setStartDelay(connection, 1L);
        assertThat(error("VM.set_is_a_template", first.toWireString(), true))
                .isEqualTo("VM_IS_PART_OF_AN_APPLIANCE " + first.toWireString() + " " + appliance);
        json.ok("VM_appliance.start", session, appliance, false);
        assertThat(second.getDomid(connection)).isGreaterThan(first.getDomid(connection));
        assertThat(json.ok("VM_appliance.get_allowed_operations", session, appliance)
                        .toString())
                .contains("clean_shutdown", "hard_shutdown")
                .doesNotContain("start");
        json.ok("VM_appliance.clean_shutdown", session, appliance);
        assertThat(first.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);
        assertThat(second.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);
        first.destroy(connection);
        second.destroy(connection);
        json.ok("VM_appliance.destroy", session, appliance);
    }

    @Test
    void aHypervisorThatFailsLeavesNothingBehind() throws Exception {
        VM vm = made("faults");
        simulator.fault("create", "die", "FAIL");
        assertThat(error("VM.start", vm.toWireString(), false, false)).isNotEmpty();
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);
        assertThat(vm.getCurrentOperations(connection)).isEmpty();
        vm.start(connection, false, false);
        simulator.fault("suspend", "die", "FAIL");
        assertThat(error("VM.suspend", vm.toWireString())).isNotEmpty();
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        assertThat(vm.getSuspendVDI(connection).isNull()).isTrue();
        simulator.fault("suspend", "fail", "GUEST_TIMEDOUT");
        assertThat(error("VM.suspend", vm.toWireString()))
                .isEqualTo("VM_FAILED_SUSPEND_ACKNOWLEDGMENT " + vm.toWireString());
        vm.suspend(connection);
        simulator.fault("restore", "fail", "FAIL");
        assertThat(error("VM.resume", vm.toWireString(), false, false)).isNotEmpty();
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.SUSPENDED);
        vm.resume(connection, false, false);
        simulator.fault("shutdown", "fail", "TIMEDOUT");
        assertThat(error("VM.clean_shutdown", vm.toWireString()))
                .isEqualTo("VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT " + vm.toWireString());
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        vm.hardShutdown(connection);
        vm.destroy(connection);
    }

    @Test
    void aVmMovesToANewDomainOnItsOwnHost() throws Exception {
        VM vm = running("moves");
        long before = vm.getDomid(connection);
        Host host = vm.getResidentOn(connection);
        vm.poolMigrate(connection, host, Map.of("live", "true"));
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.RUNNING);
        assertThat(vm.getDomid(connection)).isGreaterThan(before);
        assertThat(error("VM.call_plugin", vm.toWireString(), "none", "fn", Map.of()))
                .isEqualTo("XENAPI_MISSING_PLUGIN none");
        assertThat(error("VM.power_state_reset", vm.toWireString())).startsWith("DOMAIN_EXISTS");
        Eventually.holds(() -> assertThat(json.ok("VM.get_data_sources", session, vm.toWireString())
                        .findValuesAsText("name_label"))
                .contains("cpu0", "memory", "memory_target"));
        vm.hardShutdown(connection);
        vm.destroy(connection);
    }
}
