package org.jxapi.cli.command;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.cli.thin.TextTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Pool;

/** diagnostic-license-status: a table of the hosts' licences. The features and their tags: upstream's features.ml. */
final class LicenceStatus {
    private static final DateTimeFormatter XAPI = DateTimeFormatter.ofPattern("yyyyMMdd'T'HH:mm:ss'Z'", Locale.ROOT);
    private static final double SECONDS_A_DAY = 24.0 * 60 * 60;
    private static final List<String> DIVIDER = List.of("-", "-", "-", "-", "-", "-");
    /** The key that is true when the feature is there; all other ones say that it is not. */
    private static final String POSITIVE = "enable_xha";

    private static final Set<String> UNKNOWN_MEANS_ALLOWED = Set.of(
            "restrict_xen_motion",
            "restrict_ad",
            "restrict_updates",
            "restrict_vm_start",
            "restrict_vm_appliance_start");

    /** The key in the licence's parameters, and the tag that is shown. */
    private static final String[][] FEATURES = {
        {"restrict_vlan", "VLAN"},
        {"restrict_qos", "QoS"},
        {"restrict_pool_attached_storage", "SStorage"},
        {"restrict_netapp", "NTAP"},
        {"restrict_equalogic", "EQL"},
        {"restrict_pooling", "Pool"},
        {"enable_xha", "XHA"},
        {"restrict_marathon", "MTC"},
        {"restrict_email_alerting", "email"},
        {"restrict_historical_performance", "perf"},
        {"restrict_wlb", "WLB"},
        {"restrict_rbac", "RBAC"},
        {"restrict_dmc", "DMC"},
        {"restrict_checkpoint", "chpt"},
        {"restrict_cpu_masking", "Mask"},
        {"restrict_connection", "Cnx"},
        {"platform_filter", "Plat"},
        {"regular_nag_dialog", "nonag"},
        {"restrict_vmpr", "VMPR"},
        {"restrict_vmss", "VMSS"},
        {"restrict_intellicache", "IntelliCache"},
        {"restrict_gpu", "GPU"},
        {"restrict_dr", "DR"},
        {"restrict_vif_locking", "VIFLock"},
        {"restrict_storage_xen_motion", "SXM"},
        {"restrict_vgpu", "vGPU"},
        {"restrict_integrated_gpu_passthrough", "iGPU"},
        {"restrict_vss", "VSS"},
        {"restrict_guest_agent_auto_update", "GAAU"},
        {"restrict_pci_device_for_auto_update", "PciAU"},
        {"restrict_xen_motion", "Live_migration"},
        {"restrict_guest_ip_setting", "GuestIP"},
        {"restrict_ad", "AD"},
        {"restrict_nested_virt", "Nested_virt"},
        {"restrict_live_patching", "Live_patching"},
        {"restrict_set_vcpus_number_live", "Live_set_vcpus"},
        {"restrict_pvs_proxy", "PVS_proxy"},
        {"restrict_igmp_snooping", "IGMP_snooping"},
        {"restrict_rpu", "RPU"},
        {"restrict_pool_size", "Pool_size"},
        {"restrict_cbt", "CBT"},
        {"restrict_usb_passthrough", "USB_passthrough"},
        {"restrict_network_sriov", "Network_sriov"},
        {"restrict_corosync", "Corosync"},
        {"restrict_cluster_address", "Cluster_address"},
        {"restrict_zstd_export", "Zstd_export"},
        {"restrict_pool_secret_rotation", "Pool_secret_rotation"},
        {"restrict_certificate_verification", "Certificate_verification"},
        {"restrict_updates", "Upd"},
        {"restrict_internal_repo_access", "Internal_repo_access"},
        {"restrict_vtpm", "VTPM"},
        {"restrict_vm_groups", "VM_groups"},
        {"restrict_vm_start", "Start"},
        {"restrict_vm_appliance_start", "Start"},
    };

    private LicenceStatus() {}

    private record Licence(String host, String uuid, String features, String edition, Instant expiry) {
        List<String> row(Instant now) {
            double days = (expiry.toEpochMilli() - now.toEpochMilli()) / 1000.0 / SECONDS_A_DAY;
            return List.of(host, uuid, features, edition, expiry.toString(), String.format(Locale.ROOT, "%.1f", days));
        }
    }

    static void print(Context c) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("Hostname", "UUID", "Features", "Edition", "Expiry", "Days left"));
        rows.add(DIVIDER);
        List<Licence> licences = new ArrayList<>();
        List<List<String>> unreadable = new ArrayList<>();
        for (Map.Entry<Ref<Host>, Row<Host>> host :
                c.api().records(Host.XEN_CLASS).entrySet()) {
            Row<Host> row = host.getValue();
            String uuid = row.get(Host.UUID).substring(0, 8);
            Map<String, String> params = row.get(Host.LICENSE_PARAMS);
            try {
                licences.add(new Licence(
                        row.get(Host.HOSTNAME), uuid, features(params), row.get(Host.EDITION), expiry(params)));
            } catch (DateTimeParseException e) {
                unreadable.add(List.of(row.get(Host.HOSTNAME), uuid, "-", "-", "-", "-"));
            }
        }
        licences.sort(Comparator.comparing(Licence::expiry));
        Instant now = Clock.systemUTC().instant();
        licences.forEach(licence -> rows.add(licence.row(now)));
        rows.addAll(unreadable);
        rows.add(DIVIDER);
        rows.add(List.of(
                "-", "-", features(c.api().get(Pool.RESTRICTIONS, c.api().pool())), "-", "-", "-"));
        for (String line : TextTable.lines(rows, " ", false)) {
            c.message(line);
        }
    }

    private static Instant expiry(Map<String, String> params) {
        String text = params.get("expiry");
        return text == null
                ? Instant.EPOCH
                : LocalDateTime.parse(text.replace("-", ""), XAPI).toInstant(ZoneOffset.UTC);
    }

    /** The tags of all features that there are, with spaces for the others. */
    static String features(Map<String, String> params) {
        List<String> tags = new ArrayList<>();
        for (String[] feature : FEATURES) {
            String value = params.get(feature[0]);
            boolean there = value == null
                    ? UNKNOWN_MEANS_ALLOWED.contains(feature[0])
                    : Boolean.parseBoolean(value) == feature[0].equals(POSITIVE);
            tags.add(there ? feature[1] : " ".repeat(feature[1].length()));
        }
        return tags.stream().collect(Collectors.joining(" "));
    }
}
