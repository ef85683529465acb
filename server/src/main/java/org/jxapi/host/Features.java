package org.jxapi.host;

import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.xenapi.Errors;

/**
 * The features of a pool, as clients read them in {@code pool.restrictions} and {@code host.license_params}: XAPI's
 * features under XAPI's keys. XAPI restricts features by licence. jxapi restricts a feature exactly when it has no code
 * for it, so that clients hide operations that would fail.
 */
public enum Features {
    VLAN("VLAN", "restrict_vlan"),
    QOS("QoS", "restrict_qos"),
    SHARED_STORAGE("Shared_storage", "restrict_pool_attached_storage"),
    NETAPP("Netapp", "restrict_netapp"),
    EQUALOGIC("Equalogic", "restrict_equalogic"),
    POOLING("Pooling", "restrict_pooling"),
    HA("HA", "enable_xha"),
    MARATHON("Marathon", "restrict_marathon"),
    EMAIL("Email", "restrict_email_alerting"),
    PERFORMANCE("Performance", "restrict_historical_performance"),
    WLB("WLB", "restrict_wlb"),
    RBAC("RBAC", "restrict_rbac"),
    DMC("DMC", "restrict_dmc"),
    CHECKPOINT("Checkpoint", "restrict_checkpoint"),
    CPU_MASKING("CPU_masking", "restrict_cpu_masking"),
    CONNECTION("Connection", "restrict_connection"),
    NO_PLATFORM_FILTER("No_platform_filter", "platform_filter"),
    NO_NAG_DIALOG("No_nag_dialog", "regular_nag_dialog"),
    VMPR("VMPR", "restrict_vmpr"),
    VMSS("VMSS", "restrict_vmss"),
    INTELLICACHE("IntelliCache", "restrict_intellicache"),
    GPU("GPU", "restrict_gpu"),
    DR("DR", "restrict_dr"),
    VIF_LOCKING("VIF_locking", "restrict_vif_locking"),
    STORAGE_MOTION("Storage_motion", "restrict_storage_xen_motion"),
    VGPU("VGPU", "restrict_vgpu"),
    INTEGRATED_GPU("Integrated_GPU", "restrict_integrated_gpu_passthrough"),
    VSS("VSS", "restrict_vss"),
    GUEST_AGENT_AUTO_UPDATE("Guest_agent_auto_update", "restrict_guest_agent_auto_update"),
    PCI_DEVICE_FOR_AUTO_UPDATE("PCI_device_for_auto_update", "restrict_pci_device_for_auto_update"),
    XEN_MOTION("Xen_motion", "restrict_xen_motion"),
    GUEST_IP_SETTING("Guest_ip_setting", "restrict_guest_ip_setting"),
    AD("AD", "restrict_ad"),
    NESTED_VIRT("Nested_virt", "restrict_nested_virt"),
    LIVE_PATCHING("Live_patching", "restrict_live_patching"),
    LIVE_SET_VCPUS("Live_set_vcpus", "restrict_set_vcpus_number_live"),
    PVS_PROXY("PVS_proxy", "restrict_pvs_proxy"),
    IGMP_SNOOPING("IGMP_snooping", "restrict_igmp_snooping"),
    RPU("RPU", "restrict_rpu"),
    POOL_SIZE("Pool_size", "restrict_pool_size"),
    CBT("CBT", "restrict_cbt"),
    USB_PASSTHROUGH("USB_passthrough", "restrict_usb_passthrough"),
    NETWORK_SRIOV("Network_sriov", "restrict_network_sriov"),
    COROSYNC("Corosync", "restrict_corosync"),
    CLUSTER_ADDRESS("Cluster_address", "restrict_cluster_address"),
    ZSTD_EXPORT("Zstd_export", "restrict_zstd_export"),
    POOL_SECRET_ROTATION("Pool_secret_rotation", "restrict_pool_secret_rotation"),
    CERTIFICATE_VERIFICATION("Certificate_verification", "restrict_certificate_verification"),
    UPDATES("Updates", "restrict_updates"),
    INTERNAL_REPO_ACCESS("Internal_repo_access", "restrict_internal_repo_access"),
    VTPM("VTPM", "restrict_vtpm"),
    VM_GROUPS("VM_groups", "restrict_vm_groups"),
    VM_START("VM_start", "restrict_vm_start"),
    VM_APPLIANCE_START("VM_appliance_start", "restrict_vm_appliance_start");

    private static final Set<Features> MISSING = EnumSet.of(
            NETAPP,
            EQUALOGIC,
            HA,
            MARATHON,
            WLB,
            CPU_MASKING,
            VMPR,
            INTELLICACHE,
            DR,
            VGPU,
            VSS,
            LIVE_PATCHING,
            PVS_PROXY,
            IGMP_SNOOPING,
            RPU,
            NETWORK_SRIOV,
            COROSYNC,
            CLUSTER_ADDRESS,
            POOL_SECRET_ROTATION,
            CERTIFICATE_VERIFICATION,
            UPDATES,
            INTERNAL_REPO_ACCESS,
            VTPM);

    /**
     * Flags that XenServer's and XCP-ng's licence daemons add before XAPI's, as far as jxapi offers what they name. XenCenter
     * takes a missing one for a restriction: it would hide SMB storage, management on a VLAN and reports of resources.
     */
    private static final List<String> ADDED =
            List.of("restrict_export_resource_data", "restrict_cifs", "restrict_management_on_vlan");

    private final String wire;
    private final String key;

    Features(String wire, String key) {
        this.wire = wire;
        this.key = key;
    }

    public boolean offered() {
        return !MISSING.contains(this);
    }

    /** LICENCE_RESTRICTION when it is not offered: XAPI's error for what a pool may not do. */
    public void check() {
        if (!offered()) {
            throw Errors.licenceRestriction(wire);
        }
    }

    /**
     * The form of {@code pool.restrictions}: a restriction is true when the feature is missing, {@code enable_} keys are
     * the other way round.
     *
     * @param without what this host cannot do, though there is code for it
     */
    public static Map<String, String> restrictions(Set<Features> without) {
        Map<String, String> all = new LinkedHashMap<>();
        ADDED.forEach(flag -> all.put(flag, "false"));
        for (Features feature : values()) {
            boolean positive = feature.key.startsWith("enable_");
            all.put(feature.key, Boolean.toString(positive == (feature.offered() && !without.contains(feature))));
        }
        return all;
    }
}
