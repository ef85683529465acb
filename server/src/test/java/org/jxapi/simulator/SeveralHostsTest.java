package org.jxapi.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.SimulatorClient;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;

/** One daemon with a pool of three simulated hosts: alpha is the coordinator, and gamma has less memory than beta. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SeveralHostsTest {
    private static final String WORLD = """
            hosts:
              - {name: alpha, cpus: 8, memory: 16G, nics: [{}, {}]}
              - {name: beta, cpus: 8, memory: 16G, nics: [{}, {}]}
              - {name: gamma, cpus: 4, memory: 12G}
            srs:
              - {name: Shared, type: dummy, size: 1T}
              - {name: Files, type: file}
            networks:
              - {name: Office, vlan: 42}
              - {name: Inside}
            vms:
              - {name: "web-{1..3}", memory: 1G, running: true, host: beta, disks: [{}], networks: [eth0, Office]}
              - {name: kept, memory: 1G, running: true, host: beta, disks: [{sr: Local storage, size: 1G}]}
              - {name: idle, memory: 1G, disks: [{}]}
              - {name: inner, memory: 1G, running: true, host: gamma, networks: [Inside]}
              - {name: neighbour, memory: 1G, networks: [Inside]}
            """;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onWorld(WORLD);

    private static final Calls calls = daemon.calls();

    @BeforeEach
    void begin() throws Exception {
        new SimulatorClient(daemon).post("/reset", "");
    }

    private static String host(String name) throws Exception {
        return calls.first("host.get_by_name_label", name);
    }

    private static String vm(String name) throws Exception {
        return calls.first("VM.get_by_name_label", name);
    }

    /** The name of the host that a VM is on. */
    private static String place(String vm) throws Exception {
        return calls.text("host.get_name_label", calls.text("VM.get_resident_on", vm));
    }

    @Test
    void eachHostHasItsOwnObjects() throws Exception {
        assertThat(calls.list("host.get_all")).hasSize(3);
        String pool = calls.first("pool.get_all");
        assertThat(calls.text("pool.get_master", pool)).isEqualTo(host("alpha"));
        assertThat(calls.ok("pool.get_cpu_info", pool).get("cpu_count").asText())
                .isEqualTo("20");
        for (String name : List.of("alpha", "beta", "gamma")) {
            String host = host(name);
            assertThat(calls.list("host.get_host_CPUs", host)).hasSize(name.equals("gamma") ? 4 : 8);
            assertThat(calls.list("host.get_PIFs", host)).hasSize(name.equals("gamma") ? 2 : 3);
            assertThat(calls.list("host.get_PBDs", host)).hasSize(4);
            String metrics = calls.text("host.get_metrics", host);
            assertThat(calls.ok("host_metrics.get_live", metrics).asBoolean()).isTrue();
            assertThat(calls.ok("host_metrics.get_memory_total", metrics).asLong())
                    .isEqualTo((name.equals("gamma") ? 12L : 16L) << 30);
            String control = calls.text("host.get_control_domain", host);
            assertThat(place(control)).isEqualTo(name);
        }
        assertThat(calls.list("network.get_PIFs", calls.first("network.get_by_name_label", "Office")))
                .hasSize(3);
        assertThat(calls.ok("SR.get_shared", calls.first("SR.get_by_name_label", "Shared"))
                        .asBoolean())
                .isTrue();
    }

    @Test
    void aStartChoosesAHostThatFits() throws Exception {
        String idle = vm("idle");
        assertThat(calls.list("VM.get_possible_hosts", idle)).hasSize(3);
        calls.ok("host.disable", host("alpha"));
        assertThat(calls.error("VM.assert_can_boot_here", idle, host("alpha")))
                .containsExactly("HOST_DISABLED", host("alpha"));
        calls.ok("VM.set_affinity", idle, host("gamma"));
        calls.ok("VM.start", idle, false, false);
        assertThat(place(idle)).isEqualTo("gamma");
        calls.ok("VM.hard_shutdown", idle);

        calls.ok("VM.hard_shutdown", vm("web-1"));
        calls.ok("VM.hard_shutdown", vm("web-2"));
        calls.ok("VM.set_memory", idle, 8L << 30);
        assertThat(calls.error("VM.start_on", idle, host("gamma"), false, false))
                .startsWith("HOST_NOT_ENOUGH_FREE_MEMORY");
        calls.ok("VM.start", idle, false, false);
        assertThat(place(idle)).isEqualTo("beta");
        assertThat(calls.error("VM.pool_migrate", idle, host("gamma"), Map.of()))
                .startsWith("HOST_NOT_ENOUGH_FREE_MEMORY");
    }

    @Test
    void vmsOfAnAntiAffinityGroupSpreadOverTheHosts() throws Exception {
        String group = calls.text("VM_group.create", Map.of("name_label", "apart", "placement", "anti_affinity"));
        List<String> places = new ArrayList<>();
        for (String name : List.of("one", "two", "three", "four")) {
            String clone = calls.text("VM.clone", vm("idle"), name);
            calls.ok("VM.set_groups", clone, List.of(group));
            calls.ok("VM.start", clone, false, false);
            places.add(place(clone));
        }
        assertThat(places.subList(0, 3)).containsExactlyInAnyOrder("alpha", "beta", "gamma");
        String fifth = calls.text("VM.clone", vm("idle"), "five");
        calls.ok("VM.set_groups", fifth, List.of(group));
        calls.ok("VM.set_affinity", fifth, host(places.get(3)));
        calls.ok("VM.start", fifth, false, false);
        assertThat(place(fifth)).as("its own affinity counts more").isEqualTo(places.get(3));
    }

    @Test
    void aVmStaysWhereItsStorageAndItsNetworkAre() throws Exception {
        String kept = vm("kept");
        String local = calls.text("VDI.get_SR", calls.diskOf(kept));
        assertThat(calls.list("VM.get_possible_hosts", kept)).containsExactly(host("beta"));
        assertThat(calls.error("VM.assert_can_boot_here", kept, host("alpha")))
                .containsExactly("VM_REQUIRES_SR", kept, local);
        assertThat(calls.error("VM.pool_migrate", kept, host("gamma"), Map.of()))
                .containsExactly("VM_REQUIRES_SR", kept, local);

        String neighbour = vm("neighbour");
        String inside = calls.first("network.get_by_name_label", "Inside");
        assertThat(calls.error("VM.start_on", neighbour, host("beta"), false, false))
                .containsExactly("VM_REQUIRES_NETWORK", neighbour, inside);
        calls.ok("VM.start", neighbour, false, false);
        assertThat(place(neighbour)).isEqualTo("gamma");

        String shared = calls.first("SR.get_by_name_label", "Shared");
        for (String pbd : calls.list("SR.get_PBDs", shared)) {
            if (calls.text("PBD.get_host", pbd).equals(host("alpha"))) {
                calls.ok("PBD.unplug", pbd);
            } else if (calls.text("PBD.get_host", pbd).equals(host("beta"))) {
                assertThat(calls.error("PBD.unplug", pbd)).startsWith("VDI_IN_USE");
            }
        }
        assertThat(calls.error("VM.start_on", vm("idle"), host("alpha"), false, false))
                .containsExactly("VM_REQUIRES_SR", vm("idle"), shared);
    }

    private static String repository(Path location, boolean shared) throws Exception {
        Map<String, String> config = Map.of("location", location.toString());
        return calls.text("SR.create", host("beta"), config, 0, "made", "", "file", "user", shared, Map.of());
    }

    @Test
    void aSharedRepositoryIsPluggedAtAllHostsAndAnotherAtOne(@TempDir Path folder) throws Exception {
        List<String> hosts = new ArrayList<>();
        for (String pbd : calls.list("SR.get_PBDs", repository(folder.resolve("shared"), true))) {
            hosts.add(calls.text("PBD.get_host", pbd));
            assertThat(calls.text("PBD.get_currently_attached", pbd)).isEqualTo("true");
        }
        assertThat(hosts).containsExactlyInAnyOrder(host("alpha"), host("beta"), host("gamma"));

        String own = repository(folder.resolve("own"), false);
        assertThat(calls.text("PBD.get_host", calls.first("SR.get_PBDs", own))).isEqualTo(host("beta"));
        String other = calls.text(
                "PBD.create",
                Map.of(
                        "host",
                        host("gamma"),
                        "SR",
                        own,
                        "device_config",
                        Map.of("location", folder.resolve("own").toString()),
                        "other_config",
                        Map.of()));
        assertThat(calls.error("PBD.plug", other)).containsExactly("SR_NOT_SHARABLE", own, host("beta"));
    }

    @Test
    void aMigrationMovesTheGuestAndNothingElse() throws Exception {
        String vm = vm("web-1");
        String started = calls.text("VM_metrics.get_start_time", calls.text("VM.get_metrics", vm));
        List<String> vbds = calls.list("VM.get_VBDs", vm);
        calls.ok("VM.pool_migrate", vm, host("alpha"), Map.of("live", "true"));
        assertThat(place(vm)).isEqualTo("alpha");
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
        assertThat(calls.text("VM.get_scheduled_to_be_resident_on", vm)).isEqualTo("OpaqueRef:NULL");
        assertThat(calls.text("VM_metrics.get_start_time", calls.text("VM.get_metrics", vm)))
                .isEqualTo(started);
        assertThat(calls.list("VM.get_VBDs", vm)).isEqualTo(vbds);
        assertThat(calls.ok("VBD.get_currently_attached", vbds.get(0)).asBoolean())
                .isTrue();
        assertThat(calls.list("host.get_resident_VMs", host("beta"))).doesNotContain(vm);
        assertThat(calls.ok("host.get_current_operations", host("alpha"))).isEmpty();
        assertThat(calls.ok("message.get_all_records").toString()).contains("VM_MIGRATED");

        // Domain numbers begin again on each host: operations reach the VM on the host that it is on.
        calls.ok("VM.pool_migrate", vm("web-2"), host("gamma"), Map.of());
        calls.ok("VM.clean_reboot", vm("web-2"));
        assertThat(place(vm("web-2"))).isEqualTo("gamma");
        calls.ok("VM.pause", vm);
        assertThat(calls.text("VM.get_power_state", vm("web-3"))).isEqualTo("Running");
        calls.ok("VM.unpause", vm);
        new SimulatorClient(daemon)
                .post("/orders", "{\"vm\": \"" + calls.text("VM.get_uuid", vm) + "\", \"guest\": \"power-off\"}");
        Eventually.holds(() -> assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Halted"));
        assertThat(calls.text("VM.get_power_state", vm("inner"))).isEqualTo("Running");
    }

    @Test
    void aMigrationThatFailsLeavesTheGuestWhereItIs() throws Exception {
        String vm = vm("web-1");
        SimulatorClient simulator = new SimulatorClient(daemon);
        for (String operation : List.of("suspend", "restore", "unpause")) {
            String host = operation.equals("suspend") ? "beta" : "alpha";
            simulator.post(
                    "/faults",
                    "{\"operation\": \"" + operation + "\", \"fault\": \"fail\", \"host\": \"" + host + "\"}");
            assertThat(calls.error("VM.pool_migrate", vm, host("alpha"), Map.of()))
                    .as(operation)
                    .startsWith("INTERNAL_ERROR");
            assertThat(place(vm)).isEqualTo("beta");
            assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
            assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
            assertThat(calls.ok("host.get_current_operations", host("alpha"))).isEmpty();
        }
        assertThat(simulator.get("/faults")).isEmpty();
        calls.ok("VM.clean_reboot", vm);
        assertThat(place(vm)).isEqualTo("beta");
    }

    @Test
    void anEvacuationMovesAllOrNone() throws Exception {
        String kept = vm("kept");
        String local = calls.text("VDI.get_SR", calls.diskOf(kept));
        String beta = host("beta");
        assertThat(calls.ok("host.get_vms_which_prevent_evacuation", beta).toString())
                .isEqualTo("{\"" + kept + "\":[\"VM_REQUIRES_SR\",\"" + kept + "\",\"" + local + "\"]}");
        assertThat(calls.error("host.evacuate", beta)).containsExactly("VM_REQUIRES_SR", kept, local);
        assertThat(calls.list("host.get_resident_VMs", beta)).hasSize(5);
        calls.ok("VM.hard_shutdown", kept);
        calls.ok("host.disable", beta);
        calls.ok("host.evacuate", beta);
        assertThat(calls.list("host.get_resident_VMs", beta)).hasSize(1);
        for (String name : List.of("web-1", "web-2", "web-3")) {
            assertThat(calls.text("VM.get_power_state", vm(name))).isEqualTo("Running");
        }
        calls.ok("host.disable", host("gamma"));
        assertThat(calls.ok("host.get_vms_which_prevent_evacuation", host("alpha"))
                        .toString())
                .contains("NO_HOSTS_AVAILABLE");
    }

    @Test
    void aHostGoesDownAlone() throws Exception {
        String beta = host("beta");
        calls.ok("host.disable", beta);
        calls.ok("host.shutdown", beta);
        String metrics = calls.text("host.get_metrics", beta);
        Eventually.holds(
                () -> assertThat(calls.ok("host_metrics.get_live", metrics).asBoolean())
                        .isFalse());
        assertThat(calls.text("VM.get_power_state", vm("web-1"))).isEqualTo("Halted");
        assertThat(calls.text("VM.get_power_state", vm("inner"))).isEqualTo("Running");
        assertThat(calls.error("VM.start_on", vm("idle"), beta, false, false)).containsExactly("HOST_NOT_LIVE");
        calls.ok("VM.start", vm("web-1"), false, false);
        assertThat(place(vm("web-1"))).isEqualTo("gamma");
    }

    @Test
    void plugInsAnswerForEachHost() throws Exception {
        for (String name : List.of("alpha", "beta", "gamma")) {
            assertThat(calls.text("host.call_plugin", host(name), "updater.py", "check_update", Map.of()))
                    .isEqualTo("[]");
            assertThat(calls.error("host.call_plugin", host(name), "nowhere", "f", Map.of()))
                    .containsExactly("XENAPI_MISSING_PLUGIN", "nowhere");
        }
    }

    @Test
    void aSimulatedMemberRestartsItsDaemonAlone() throws Exception {
        calls.ok("host.restart_agent", host("beta"));
        assertThat(Files.readString(daemon.folder().resolve("log")))
                .contains("Simulator: the daemon of host beta has restarted");
        assertThat(calls.text("host.get_hostname", host("beta"))).isEqualTo("beta");
    }

    @Test
    void anotherHostDoesNotAnswerForTheCoordinator() throws Exception {
        String beta = host("beta");
        assertThat(calls.error("host.get_server_certificate", beta))
                .containsExactly("NOT_IMPLEMENTED", "the server certificate of a simulated member");
        assertThat(calls.ok("host.get_tracked_user_agents", beta)).isEmpty();
        assertThat(calls.ok("host.get_diagnostic_timing_stats", beta)).isEmpty();
        assertThat(calls.error("pool.designate_new_master", beta)).startsWith("NOT_IMPLEMENTED");
        assertThat(calls.error("pool.eject", beta)).startsWith("NOT_IMPLEMENTED");
        assertThat(calls.error("host.destroy", beta)).containsExactly("HOST_IS_LIVE", beta);
    }

    @Test
    void eachHostHasItsStatusReport() throws Exception {
        String gamma = host("gamma");
        assertThat(calls.text("host.get_system_status_capabilities", gamma)).contains("key=\"xen-info\"");
        assertThat(calls.text("host.get_thread_diagnostics", gamma)).startsWith("digraph Threads {");
        assertThat(report("alpha")).contains("nrCpus=8");
        assertThat(report("gamma")).contains("nrCpus=4");
        Path file = daemon.folder().resolve("gamma.tar");
        XeProcess.ok(
                daemon.folder(),
                "host-get-system-status",
                "host=gamma",
                "filename=" + file,
                "entries=xen-info",
                "output=tar");
        assertThat(Files.readString(file)).contains("nrCpus=4", "xen-info bug-report-");
        try (Http http =
                new Http(daemon, "GET", "/system-status?host_id=OpaqueRef:none", new Uploads(daemon, calls).auth())) {
            assertThat(http.head()).contains(" 500 ");
            assertThat(new String(http.rest(), StandardCharsets.UTF_8)).contains("HANDLE_INVALID");
        }
    }

    private static String report(String host) throws Exception {
        return new String(
                new Uploads(daemon, calls).get("/system-status?entries=xen-info&host_id=" + host(host)),
                StandardCharsets.UTF_8);
    }

    /** The last test, since a daemon that has been started again begins its world there. */
    @Test
    @Order(Integer.MAX_VALUE)
    void aKillLeavesEachVmOnItsHost() throws Exception {
        calls.ok("VM.pool_migrate", vm("web-1"), host("gamma"), Map.of());
        daemon.killAndStart();
        assertThat(place(vm("web-1"))).isEqualTo("gamma");
        assertThat(place(vm("web-2"))).isEqualTo("beta");
        assertThat(calls.list("host.get_all")).hasSize(3);
        calls.ok("VM.pool_migrate", vm("web-1"), host("alpha"), Map.of());
        assertThat(calls.text("VM.get_power_state", vm("web-1"))).isEqualTo("Running");
    }

    @Test
    void xeNamesHosts() throws Exception {
        Path folder = daemon.folder();
        XeProcess.ok(folder, "vm-start", "vm=idle", "on=gamma");
        assertThat(place(vm("idle"))).isEqualTo("gamma");
        XeProcess.ok(folder, "vm-migrate", "vm=idle", "host=alpha");
        assertThat(place(vm("idle"))).isEqualTo("alpha");
        calls.ok("host.disable", host("alpha"));
        XeProcess.ok(folder, "host-evacuate", "host=alpha");
        assertThat(place(vm("idle"))).isNotEqualTo("alpha");
    }

    private static String pif(String host, String device) throws Exception {
        for (String pif : calls.list("host.get_PIFs", host(host))) {
            if (calls.text("PIF.get_device", pif).equals(device)
                    && calls.text("PIF.get_VLAN", pif).equals("-1")) {
                return pif;
            }
        }
        throw new AssertionError(host + " has no " + device);
    }

    /** The checks of ocaml/xapi/xapi_host.ml and xapi_pool.ml, management_reconfigure. */
    @Test
    void aHostIsManagedThroughAnotherInterface() throws Exception {
        String eth1 = pif("beta", "eth1");
        assertThat(calls.error("host.management_reconfigure", eth1))
                .containsExactly("PIF_HAS_NO_NETWORK_CONFIGURATION", eth1);
        calls.ok("PIF.reconfigure_ip", eth1, "DHCP", "", "", "", "");
        assertThat(calls.error("host.management_reconfigure", eth1)).containsExactly("INTERFACE_HAS_NO_IP", eth1);
        calls.ok("PIF.reconfigure_ip", eth1, "Static", "10.0.1.2", "255.255.255.0", "", "");
        calls.ok("host.management_reconfigure", eth1);
        assertThat(calls.text("host.get_management_interface", host("beta"))).isEqualTo(eth1);
        assertThat(calls.text("host.get_address", host("beta"))).isEqualTo("10.0.1.2");
        assertThat(calls.ok("PIF.get_management", pif("beta", "eth0")).asBoolean())
                .isFalse();
        String second = calls.text("PIF.get_network", eth1);
        assertThat(calls.error("pool.management_reconfigure", second))
                .containsExactly("PIF_NOT_PRESENT", host("gamma"), second);
        calls.ok("pool.management_reconfigure", calls.text("PIF.get_network", pif("alpha", "eth0")));
        assertThat(calls.text("host.get_management_interface", host("beta"))).isEqualTo(pif("beta", "eth0"));
    }

    @Test
    void xeBondsTheInterfacesOfOneHost() throws Exception {
        Path folder = daemon.folder();
        String office = calls.first("network.get_by_name_label", "Office");
        String network = calls.text("network.create", Map.of("name_label", "Bonded", "other_config", Map.of()));
        String uuids =
                calls.text("PIF.get_uuid", pif("beta", "eth0")) + "," + calls.text("PIF.get_uuid", pif("beta", "eth1"));
        String uuid = calls.text("network.get_uuid", network);
        String made = XeProcess.ok(folder, "bond-create", "network-uuid=" + uuid, "pif-uuids=" + uuids, "mode=lacp")
                .strip();
        String bond = calls.text("Bond.get_by_uuid", made);
        String master = calls.text("Bond.get_master", bond);
        assertThat(calls.text("host.get_management_interface", host("beta"))).isEqualTo(master);
        assertThat(calls.list("PIF.get_VLAN_slave_of", master)).hasSize(1);
        assertThat(calls.list("network.get_PIFs", office)).hasSize(3);
        assertThat(calls.ok("Bond.get_properties", bond).get("lacp-time").asText())
                .isEqualTo("slow");
        for (String vif : calls.list("VM.get_VIFs", vm("web-1"))) {
            assertThat(calls.text("VIF.get_network", vif)).isIn(office, network);
        }
        XeProcess.ok(folder, "bond-set-mode", "uuid=" + made, "mode=active-backup");
        assertThat(calls.text("Bond.get_mode", bond)).isEqualTo("active-backup");
        XeProcess.ok(folder, "bond-destroy", "uuid=" + made);
        assertThat(calls.text("host.get_management_interface", host("beta"))).isEqualTo(pif("beta", "eth0"));
    }
}
