package org.jxapi.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** Features that no host of jxapi has: XAPI's errors, in the order of XAPI's checks. */
class MissingFeaturesTest {
    private static final String NONE = "OpaqueRef:none";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    private static String network() throws Exception {
        return calls.text(
                "network.create",
                Map.of("name_label", "n", "name_description", "", "MTU", "1500", "other_config", Map.of()));
    }

    /** Upstream: xapi_tunnel.ml, xapi_network_sriov.ml and xapi_sdn_controller.ml. */
    @Test
    void tunnelsAndControllersNeedOpenVswitch() throws Exception {
        String pif = calls.first("PIF.get_all");
        String network = network();
        assertThat(calls.error("tunnel.create", NONE, NONE, "gre")).containsExactly("HANDLE_INVALID", "PIF", NONE);
        assertThat(calls.error("tunnel.create", pif, NONE, "gre")).containsExactly("HANDLE_INVALID", "network", NONE);
        assertThat(calls.error("tunnel.create", pif, calls.text("PIF.get_network", pif), "gre"))
                .containsExactly("NETWORK_ALREADY_CONNECTED", calls.first("host.get_all"), pif);
        assertThat(calls.error("tunnel.create", pif, network, "vxlan")).containsExactly("OPENVSWITCH_NOT_ACTIVE");
        assertThat(calls.error("tunnel.destroy", NONE)).containsExactly("HANDLE_INVALID", "tunnel", NONE);
        assertThat(calls.error("network_sriov.create", pif, network))
                .containsExactly("LICENCE_RESTRICTION", "Network_sriov");
        assertThat(calls.error("network_sriov.get_remaining_capacity", NONE))
                .containsExactly("HANDLE_INVALID", "network_sriov", NONE);
        assertThat(calls.error("SDN_controller.introduce", "pssl", "", "0"))
                .containsExactly("OPERATION_NOT_ALLOWED", "host not configured for vswitch operation");
        assertThat(calls.error("SDN_controller.forget", NONE))
                .containsExactly("HANDLE_INVALID", "SDN_controller", NONE);
    }

    /** Upstream: xapi_host.ml and xapi_vm.ml. */
    @Test
    void theManagementInterfaceAndSecureBootKeysStay() throws Exception {
        String pif = calls.first("PIF.get_all");
        String listens =
                "jxapid listens where its settings http and https say: give them the address 127.0.0.1, and restart jxapid";
        assertThat(calls.error("host.management_disable")).containsExactly("OPERATION_NOT_ALLOWED", listens);
        assertThat(calls.ok("PIF.get_management", pif).asBoolean()).isTrue();
        ThinClient xe = new ThinClient(daemon.socket());
        assertThat(xe.run("host-management-disable").err()).endsWith("\nreason: " + listens + "\n");

        String vm = calls.vm("uefi");
        String uuid = calls.text("VM.get_uuid", vm);
        assertThat(calls.error("VM.set_uefi_mode", NONE, "user")).containsExactly("HANDLE_INVALID", "VM", NONE);
        assertThat(calls.error("VM.set_uefi_mode", vm, "owner").get(0)).isEqualTo("INTERNAL_ERROR");
        assertThat(calls.error("VM.set_uefi_mode", vm, "setup"))
                .containsExactly(
                        "INTERNAL_ERROR",
                        "VM " + uuid
                                + " has no Secure Boot keys to change: this host has no varstore-sb-state, as libxl keeps"
                                + " no EFI variables");
        assertThat(xe.run("vm-set-uefi-mode", "uuid=" + uuid, "mode=user").err())
                .contains("varstore-sb-state");
    }

    /** Upstream: xapi_pvs_site.ml, xapi_pvs_server.ml, xapi_pvs_proxy.ml, xapi_dr_task.ml. */
    @Test
    void sitesAndRecoveriesNeedALicence() throws Exception {
        assertThat(calls.error("PVS_site.introduce", "s", "", "u")).containsExactly("LICENCE_RESTRICTION", "PVS_proxy");
        assertThat(calls.error("PVS_site.forget", NONE)).containsExactly("HANDLE_INVALID", "PVS_site", NONE);
        assertThat(calls.error("PVS_site.set_PVS_uuid", NONE, "u")).containsExactly("HANDLE_INVALID", "PVS_site", NONE);
        assertThat(calls.error("PVS_server.introduce", List.of(), "1", "2", NONE))
                .containsExactly("LICENCE_RESTRICTION", "PVS_proxy");
        assertThat(calls.error("PVS_proxy.create", NONE, NONE)).containsExactly("HANDLE_INVALID", "VIF", NONE);
        assertThat(calls.error("DR_task.create", "lvmoiscsi", Map.of(), List.of()))
                .containsExactly("LICENCE_RESTRICTION", "DR");
        assertThat(calls.error("DR_task.destroy", NONE)).containsExactly("HANDLE_INVALID", "DR_task", NONE);
    }

    /** Upstream: xapi_cluster.ml, xapi_cluster_host.ml and xapi_clustering.ml. */
    @Test
    void clustersNeedALicence() throws Exception {
        String pif = calls.first("PIF.get_all");
        String network = calls.text("PIF.get_network", pif);
        assertThat(calls.error("Cluster.create", pif, "pacemaker", true, 20.0, 1.0))
                .containsExactly("INVALID_CLUSTER_STACK", "pacemaker");
        assertThat(calls.error("Cluster.create", pif, "corosync", true, 20.0, 1.0))
                .containsExactly("LICENCE_RESTRICTION", "Corosync");
        assertThat(calls.error("Cluster.pool_create", NONE, "pacemaker", 0.5, 1.0))
                .containsExactly("INVALID_VALUE", "token_timeout", "0.5");
        assertThat(calls.error("Cluster.pool_create", NONE, "pacemaker", 1.0, 0.0))
                .containsExactly("INVALID_VALUE", "token_timeout_coefficient", "0.");
        assertThat(calls.error("Cluster.pool_create", NONE, "corosync", 1.0, 1.0))
                .startsWith("INTERNAL_ERROR");
        assertThat(calls.error("Cluster.pool_create", network, "corosync", 1.0, 1.0))
                .containsExactly("LICENCE_RESTRICTION", "Corosync");
        assertThat(calls.error("Cluster.destroy", NONE)).containsExactly("HANDLE_INVALID", "Cluster", NONE);
        assertThat(calls.error("Cluster_host.enable", NONE)).containsExactly("HANDLE_INVALID", "Cluster_host", NONE);
    }

    /** Upstream: xapi_pool_update.ml, xapi_extensions.ml and xapi_host_driver.ml. */
    @Test
    void hostsTakeNoUpdatesOfXenServer() throws Exception {
        String host = calls.first("host.get_all");
        String vdi = calls.vdi(calls.text("pool.get_default_SR", calls.first("pool.get_all")), 1 << 20);
        assertThat(calls.error("pool_update.introduce", NONE)).containsExactly("HANDLE_INVALID", "VDI", NONE);
        assertThat(calls.error("pool_update.introduce", vdi)).containsExactly("INVALID_UPDATE", "Invalid signature");
        assertThat(calls.error("pool_update.precheck", NONE, host))
                .containsExactly("MESSAGE_METHOD_UNKNOWN", "pool_update.precheck");
        assertThat(calls.error("pool_update.pool_apply", NONE)).containsExactly("HANDLE_INVALID", "pool_update", NONE);
        calls.ok("pool_update.resync_host", host);
        assertThat(calls.list("host.get_updates", host)).isEmpty();
        assertThat(calls.error("LVHD.enable_thin_provisioning", host, NONE, "1", "1"))
                .containsExactly("MESSAGE_METHOD_UNKNOWN", "LVHD.enable_thin_provisioning");
        calls.ok("host.rescan_drivers", host);
        calls.ok("Host_driver.rescan", host);
        assertThat(calls.error("Host_driver.deselect", NONE)).containsExactly("HANDLE_INVALID", "Host_driver", NONE);
        assertThat(calls.error("Driver_variant.select", NONE))
                .containsExactly("HANDLE_INVALID", "Driver_variant", NONE);
    }
}
