package org.jxapi.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.xensource.xenapi.Connection;
import com.xensource.xenapi.Host;
import com.xensource.xenapi.Pool;
import com.xensource.xenapi.SR;
import com.xensource.xenapi.Session;
import com.xensource.xenapi.Types;
import com.xensource.xenapi.VM;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;

/** The data of a host and its pool that clients read when they connect, and the messages that they send. */
class HostAndPoolTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static Connection connection;
    private static Host host;
    private static Pool pool;

    @BeforeAll
    static void login() throws Exception {
        connection = new Connection(daemon.http());
        Session.loginWithPassword(connection, "root", daemon.password(), "2.21", "test");
        host = Host.getAll(connection).iterator().next();
        pool = Pool.getAllRecords(connection).keySet().iterator().next();
    }

    private static void eventually(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("it never came true").isLessThan(end);
            Thread.sleep(20);
        }
    }

    /** Upstream: xapi_tracked_user_agents.ml. */
    @Test
    void theHostTellsWhichProgramsHaveLoggedIn() throws Exception {
        Calls calls = daemon.calls();
        String own = calls.first("host.get_all");
        assertThat(calls.ok("host.get_tracked_user_agents", own).fieldNames())
                .toIterable()
                .anyMatch(name -> name.startsWith("Java"));
    }

    @Test
    void theHostTellsVersionsThatClientsCompare() throws Exception {
        Host.Record record = host.getRecord(connection);
        Map<String, String> version = record.softwareVersion;
        assertThat(version.get("product_version")).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(version.get("platform_version")).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(version)
                .containsKeys(
                        "product_brand",
                        "build_number",
                        "date",
                        "hostname",
                        "linux",
                        "network_backend",
                        "platform_name",
                        "xapi",
                        "xapi_build",
                        "xen",
                        "xencenter_min",
                        "xencenter_max");
        assertThat(version.get("db_schema")).matches("\\d+\\.\\d+");
        assertThat(record.APIVersionMajor).isEqualTo(2L);
        assertThat(record.enabled).isTrue();
        assertThat(record.capabilities).contains("hvm-3.0-x86_64");
        assertThat(record.chipsetInfo).containsKey("iommu");
        assertThat(record.cpuInfo)
                .containsKeys("cpu_count", "socket_count", "vendor", "modelname", "features_hvm", "features_pv");
        assertThat(record.supportedBootloaders).contains("pygrub");
        assertThat(record.licenseParams).containsKeys("expiry", "restrict_dmc", "sku_type");
        assertThat(record.sslLegacy).isFalse();
        assertThat(record.iscsiIqn).startsWith("iqn.").isEqualTo(record.otherConfig.get("iscsi_iqn"));
        assertThat(record.otherConfig).containsKeys("boot_time", "agent_start_time");
        assertThat(record.display).isEqualTo(Types.HostDisplay.ENABLED);
        assertThat(record.licenseServer).containsEntry("address", "localhost").containsEntry("port", "27000");
        assertThat(record.hostCPUs).hasSize(Integer.parseInt(record.cpuInfo.get("cpu_count")));
        assertThat(record.metrics.getMemoryTotal(connection)).isPositive();
        eventually(() -> host.getMetrics(connection).getRecord(connection).memoryFree > 0);
    }

    @Test
    void thePoolSaysWhatItCannotDo() throws Exception {
        Pool.Record record = pool.getRecord(connection);
        assertThat(record.restrictions)
                .containsEntry("restrict_wlb", "true")
                .containsEntry("enable_xha", "false")
                .containsEntry("restrict_checkpoint", "false")
                // XenCenter hides migrations, mail, the vendor's device and a fourth host where these are restricted.
                .containsEntry("restrict_xen_motion", "false")
                .containsEntry("restrict_email_alerting", "false")
                .containsEntry("restrict_pci_device_for_auto_update", "false")
                .containsEntry("restrict_pool_size", "false")
                .containsEntry("restrict_cifs", "false")
                .containsEntry("restrict_management_on_vlan", "false")
                .containsEntry("restrict_export_resource_data", "false")
                .containsEntry("platform_filter", "false");
        assertThat(record.otherConfig).containsKeys("memory-ratio-hvm", "memory-ratio-pv");
        assertThat(record.cpuInfo).containsKeys("cpu_count", "socket_count", "vendor", "features_hvm_host");
        assertThat(record.haEnabled).isFalse();
        assertThat(record.allowedOperations)
                .contains(Types.PoolAllowedOperations.HA_ENABLE, Types.PoolAllowedOperations.CLUSTER_CREATE)
                .doesNotContain(Types.PoolAllowedOperations.HA_DISABLE);
        assertThat(pool.getLicenseState(connection))
                .containsEntry("expiry", "never")
                .containsKey("edition");
        assertThatThrownBy(() -> Pool.enableHa(connection, Set.of(), Map.of()))
                .isInstanceOf(Types.LicenceRestriction.class);
        assertThatThrownBy(() -> Pool.disableHa(connection)).isInstanceOf(Types.HaNotEnabled.class);
        assertThatThrownBy(() -> Pool.join(connection, "127.0.0.1:1", "root", "x"))
                .isInstanceOf(Types.JoiningHostConnectionFailed.class);
        assertThatThrownBy(() -> Pool.enableRedoLog(
                        connection, SR.getAll(connection).iterator().next()))
                .isInstanceOf(Types.CannotEnableRedoLog.class);
        assertThat(Pool.certificateList(connection)).isEmpty();
        assertThatThrownBy(() -> Pool.crlUninstall(connection, "none.pem")).isInstanceOf(Types.CrlDoesNotExist.class);
        assertThat(pool.hasExtension(connection, "none")).isFalse();
        assertThatThrownBy(() -> pool.setHaHostFailuresToTolerate(connection, -1L))
                .isInstanceOf(Types.InvalidValue.class);
        Pool.syncDatabase(connection);
    }

    @Test
    void aPoolWithoutProtectedVmsSurvivesAnyFailure() throws Exception {
        assertThat(Pool.haFailoverPlanExists(connection, 1L)).isTrue();
        assertThat(Pool.haFailoverPlanExists(connection, 2L)).isFalse();
        VM vm = running("protected");
        assertThat(Pool.haComputeHypotheticalMaxHostFailuresToTolerate(connection, Map.of(vm, "restart")))
                .isZero();
        assertThatThrownBy(
                        () -> Pool.haComputeHypotheticalMaxHostFailuresToTolerate(connection, Map.of(vm, "sometimes")))
                .isInstanceOf(Types.InvalidValue.class);
        assertThat(Pool.haComputeVmFailoverPlan(connection, Set.of(host), Set.of(vm))
                        .get(vm))
                .containsEntry("error_code", "HOST_NOT_ENOUGH_FREE_MEMORY");
        assertThat(Pool.haComputeVmFailoverPlan(connection, Set.of(), Set.of(vm))
                        .get(vm))
                .containsEntry("host", host.toWireString());
        vm.hardShutdown(connection);
        vm.destroy(connection);
    }

    private static VM running(String name) throws Exception {
        VM vm = VM.getByNameLabel(connection, "Other install media")
                .iterator()
                .next()
                .createClone(connection, name);
        vm.provision(connection);
        vm.start(connection, false, false);
        return vm;
    }

    @Test
    void aHostWithVmsCannotBeEmptiedAndAnEnabledOneCannotGoDown() throws Exception {
        VM vm = running("stays");
        assertThat(host.getVmsWhichPreventEvacuation(connection))
                .containsEntry(vm, Set.of("NO_HOSTS_AVAILABLE", vm.toWireString()));
        assertThatThrownBy(() -> host.assertCanEvacuate(connection)).isInstanceOf(Types.CannotEvacuateHost.class);
        assertThatThrownBy(() -> host.evacuate(connection)).isInstanceOf(Types.NoHostsAvailable.class);
        assertThat(host.getAllowedOperations(connection))
                .contains(Types.HostAllowedOperations.EVACUATE, Types.HostAllowedOperations.PROVISION)
                .doesNotContain(
                        Types.HostAllowedOperations.SHUTDOWN,
                        Types.HostAllowedOperations.REBOOT,
                        Types.HostAllowedOperations.POWER_ON);
        assertThatThrownBy(() -> host.reboot(connection)).isInstanceOf(Types.HostNotDisabled.class);
        assertThatThrownBy(() -> host.powerOn(connection)).isInstanceOf(Types.HostIsLive.class);
        assertThatThrownBy(() -> host.destroy(connection)).isInstanceOf(Types.HostIsLive.class);

        host.disable(connection);
        assertThat(host.getEnabled(connection)).isFalse();
        assertThat(host.getAllowedOperations(connection)).contains(Types.HostAllowedOperations.REBOOT);
        String booted = host.getOtherConfig(connection).get("boot_time");
        host.setHostnameLive(connection, "renamed.example");
        host.reboot(connection);
        eventually(() -> host.getEnabled(connection));
        assertThat(vm.getPowerState(connection)).isEqualTo(Types.VmPowerState.HALTED);
        assertThat(host.getMetrics(connection).getLive(connection)).isTrue();
        assertThat(host.getCurrentOperations(connection)).isEmpty();
        assertThat(host.getOtherConfig(connection).get("boot_time")).isNotNull().isGreaterThanOrEqualTo(booted);
        assertThat(host.getHostname(connection)).isEqualTo("renamed.example");
        host.evacuate(connection);
        vm.destroy(connection);
    }

    @Test
    void aWrongNameIsRefused() {
        for (String wrong : List.of("", "-a", "a_b", "x".repeat(256))) {
            assertThatThrownBy(() -> host.setHostnameLive(connection, wrong)).isInstanceOf(Types.HostNameInvalid.class);
        }
    }

    @Test
    void theHostsNumbersAreLive() throws Exception {
        JsonClient json = new JsonClient(daemon.http());
        String session = json.login(daemon.password());
        Eventually.holds(() -> assertThat(json.ok("host.get_data_sources", session, host.toWireString())
                        .findValuesAsText("name_label"))
                .contains("memory_total_kib", "memory_free_kib", "cpu_avg", "loadavg"));
        double before = host.queryDataSource(connection, "memory_free_kib");
        VM vm = running("counted");
        Eventually.holds(() ->
                assertThat(host.queryDataSource(connection, "memory_free_kib")).isLessThan(before));
        assertThatThrownBy(() -> host.queryDataSource(connection, "none")).isInstanceOf(Types.InternalError.class);
        vm.hardShutdown(connection);
        vm.destroy(connection);
        assertThat(host.dmesg(connection)).isNotEmpty();
        assertThatThrownBy(() -> host.callPlugin(connection, "none", "fn", Map.of()))
                .isInstanceOf(Types.XenapiMissingPlugin.class);
        assertThat(json.ok("host.get_management_interface", session, host.toWireString())
                        .asText())
                .startsWith("OpaqueRef:");
        assertThat(host.getServerLocaltime(connection)).isNotNull();
    }

    /** As in ocaml/xapi/xapi_host.ml, set_timezone to get_ntp_servers_status. */
    /** Upstream: xapi_host.ml, set_max_cstate and set_numa_affinity_policy. */
    @Test
    void sleepStatesAndPlacementAreSettingsOfTheHost() throws Exception {
        Calls calls = daemon.calls();
        String own = calls.first("host.get_all");
        for (String wrong : List.of("deep", "-1", "1,2,3")) {
            assertThat(calls.error("host.set_max_cstate", own, wrong))
                    .containsExactly("INVALID_VALUE", "max_cstate", wrong);
        }
        assertThat(calls.error("host.set_max_cstate", own, "2")).startsWith("VALUE_NOT_SUPPORTED", "max_cstate", "2");
        calls.ok("host.set_max_cstate", own, "1,0");
        assertThat(calls.text("host.get_max_cstate", own)).isEqualTo("1,0");
        calls.ok("host.set_max_cstate", own, "");
        calls.ok("host.set_numa_affinity_policy", own, "best_effort");
        assertThat(calls.text("host.get_numa_affinity_policy", own)).isEqualTo("best_effort");
        calls.ok("host.set_numa_affinity_policy", own, "default_policy");
    }

    /** Upstream: xapi_vm.ml, set_shadow_multiplier_live. */
    @Test
    void theShadowMemoryOfARunningGuestStays() throws Exception {
        Calls calls = daemon.calls();
        String vm = calls.vm("shadow");
        assertThat(calls.error("VM.set_shadow_multiplier_live", vm, 2.0))
                .containsExactly("VM_BAD_POWER_STATE", vm, "running", "halted");
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.error("VM.set_shadow_multiplier_live", vm, 0.5)).startsWith("INVALID_VALUE", "multiplier");
        assertThat(calls.error("VM.set_shadow_multiplier_live", vm, 2.0)).startsWith("NOT_IMPLEMENTED");
        calls.ok("VM.hard_shutdown", vm);
        calls.ok("VM.destroy", vm);
    }

    /** Upstream: xapi_pif.ml, pool_introduce and db_forget. */
    @Test
    void aPifIsAddedToTheDatabaseAlone() throws Exception {
        Calls calls = daemon.calls();
        String own = calls.first("host.get_all");
        String network =
                calls.text("network.create", Map.of("name_label", "n", "MTU", "1500", "other_config", Map.of()));
        Object[] given = {
            "eth7",
            network,
            own,
            "00:16:3e:00:00:77",
            "1500",
            "-1",
            true,
            "None",
            "",
            "",
            "",
            "",
            "OpaqueRef:NULL",
            "OpaqueRef:NULL",
            false,
            Map.of("a", "b")
        };
        String pif = calls.text("PIF.db_introduce", given);
        given[0] = "-s";
        assertThat(calls.error("PIF.db_introduce", given)).containsExactly("INVALID_VALUE", "device", "-s");
        assertThat(calls.ok("PIF.get_currently_attached", pif).asBoolean()).isFalse();
        assertThat(calls.text("PIF.get_device", pif)).isEqualTo("eth7");
        String metrics = calls.text("PIF.get_metrics", pif);
        calls.ok("PIF.db_forget", pif);
        assertThat(calls.error("PIF.get_device", pif)).startsWith("HANDLE_INVALID");
        assertThat(calls.error("PIF_metrics.get_carrier", metrics)).startsWith("HANDLE_INVALID");
        calls.ok("network.destroy", network);
    }

    @Test
    void theClockOfASimulatedHostIsSet() throws Exception {
        Calls calls = daemon.calls();
        String host = calls.first("host.get_all");
        assertThat(calls.error("host.set_timezone", host, "Europe/Nowhere"))
                .containsExactly("INVALID_VALUE", "timezone", "Europe/Nowhere");
        calls.ok("host.set_timezone", host, "Asia/Tokyo");
        assertThat(calls.text("host.get_timezone", host)).isEqualTo("Asia/Tokyo");
        assertThat(calls.error("host.set_ntp_mode", host, "Custom").get(0)).isEqualTo("INVALID_NTP_CONFIG");
        assertThat(calls.error("host.set_ntp_custom_servers", host, List.of("a b")))
                .containsExactly("INVALID_VALUE", "ntp_custom_servers", "a b");
        calls.ok("host.set_ntp_custom_servers", host, List.of("ntp1.example", "10.0.0.1"));
        calls.ok("host.set_ntp_mode", host, "Custom");
        assertThat(calls.ok("host.get_ntp_servers_status", host)
                        .get("ntp1.example")
                        .asText())
                .isEqualTo("synced");
        assertThat(calls.ok("host.get_ntp_synchronized", host).asBoolean()).isTrue();
        assertThat(calls.error("host.set_ntp_custom_servers", host, List.of()).get(0))
                .isEqualTo("INVALID_NTP_CONFIG");
        assertThat(calls.error("host.set_servertime", host, "20300101T00:00:00Z")
                        .get(0))
                .isEqualTo("INTERNAL_ERROR");
        calls.ok("host.set_ntp_mode", host, "Disabled");
        assertThat(calls.ok("host.get_ntp_synchronized", host).asBoolean()).isFalse();
        calls.ok("host.set_servertime", host, "20300101T00:00:00Z");
        assertThat(calls.text("host.get_servertime", host)).startsWith("20300101T00:");
        assertThat(calls.text("host.get_server_localtime", host)).startsWith("20300101T09:");
        calls.ok("host.set_ntp_mode", host, "Factory");
        assertThat(calls.text("host.get_servertime", host)).doesNotStartWith("2030");
    }

    /** As in ocaml/xapi/xapi_host.ml, set_ssh_auto_mode to set_console_idle_timeout. */
    @Test
    void loginsToASimulatedHostAreSwitched() throws Exception {
        Calls calls = daemon.calls();
        String host = calls.first("host.get_all");
        String all = calls.first("pool.get_all");
        calls.ok("pool.disable_ssh", all);
        assertThat(calls.ok("host.get_ssh_enabled", host).asBoolean()).isFalse();
        assertThat(calls.error("host.set_ssh_enabled_timeout", host, "172801"))
                .containsExactly("INVALID_VALUE", "ssh_enabled_timeout", "172801");
        assertThat(calls.error("pool.set_ssh_enabled_timeout", all, "-1"))
                .containsExactly("SET_SSH_TIMEOUT_PARTIALLY_FAILED", host);
        calls.ok("host.set_ssh_auto_mode", host, true);
        calls.ok("pool.set_ssh_enabled_timeout", all, "1");
        calls.ok("host.enable_ssh", host);
        assertThat(calls.ok("host.get_ssh_auto_mode", host).asBoolean()).isFalse();
        assertThat(calls.text("host.get_ssh_expiry", host)).doesNotStartWith("1970");
        eventually(() -> !calls.ok("host.get_ssh_enabled", host).asBoolean());
        eventually(() -> calls.ok("host.get_ssh_auto_mode", host).asBoolean());
        assertThat(calls.error("host.set_console_idle_timeout", host, "-1"))
                .containsExactly("INVALID_VALUE", "console_timeout", "-1");
        calls.ok("pool.set_console_idle_timeout", all, "600");
        assertThat(calls.text("host.get_console_idle_timeout", host)).isEqualTo("600");
    }
}
