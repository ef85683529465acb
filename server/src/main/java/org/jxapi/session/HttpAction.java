package org.jxapi.session;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jxapi.datamodel.BuiltInRole;

/**
 * An HTTP handler of XAPI, and who may use it; {@code http_actions} in ocaml/idl/datamodel.ml and its paths in
 * ocaml/xapi-consts/constants.ml.
 *
 * @param name as in its permission, {@code http/NAME}, and in the realm that asks for a password
 * @param least the least role that may use it; LOCAL_ROOT if no role may
 * @param clientCert whether the internal client-certificate role may use it too, although it is below {@code least}
 * @param parts the least roles for parts of what it does, such as the console of the control domain
 */
public record HttpAction(
        String name,
        String method,
        String path,
        BuiltInRole least,
        boolean clientCert,
        Map<String, BuiltInRole> parts) {
    /** Handlers that check no permission of their own: the calls in them are checked, or everybody may use them. */
    private static final Set<String> UNCHECKED = Set.of(
            "post_root",
            "post_RPC2",
            "post_cli",
            "post_json",
            "get_root",
            "get_blob",
            "post_root_options",
            "post_json_options",
            "post_jsonrpc",
            "post_jsonrpc_options",
            "get_pool_update_download");

    public static final List<HttpAction> ALL = List.of(
            of("get_services", "GET", "/services", BuiltInRole.READ_ONLY),
            of("post_services", "POST", "/services", BuiltInRole.POOL_ADMIN),
            of("put_services", "PUT", "/services", BuiltInRole.POOL_ADMIN),
            of("post_remote_db_access", "POST", "/remote_db_access", BuiltInRole.POOL_ADMIN),
            of("post_remote_db_access_v2", "POST", "/remote_db_access_v2", BuiltInRole.POOL_ADMIN),
            of("get_services_xenops", "GET", "/services/xenops", BuiltInRole.VM_POWER_ADMIN),
            of("post_services_xenops", "POST", "/services/xenops", BuiltInRole.VM_POWER_ADMIN)
                    .forClientCertificates(),
            of("put_services_xenops", "PUT", "/services/xenops", BuiltInRole.VM_POWER_ADMIN)
                    .forClientCertificates(),
            of("get_services_sm", "GET", "/services/SM", BuiltInRole.VM_POWER_ADMIN),
            of("post_services_sm", "POST", "/services/SM", BuiltInRole.VM_POWER_ADMIN),
            of("put_services_sm", "PUT", "/services/SM", BuiltInRole.VM_POWER_ADMIN),
            of("put_import", "PUT", "/import", BuiltInRole.VM_ADMIN),
            of("put_import_metadata", "PUT", "/import_metadata", BuiltInRole.VM_ADMIN),
            of("put_import_raw_vdi", "PUT", "/import_raw_vdi", BuiltInRole.VM_ADMIN),
            of("get_export", "GET", "/export", BuiltInRole.VM_ADMIN),
            of("get_export_metadata", "GET", "/export_metadata", BuiltInRole.VM_ADMIN),
            of("get_export_raw_vdi", "GET", "/export_raw_vdi", BuiltInRole.VM_ADMIN),
            of("connect_console", "CONNECT", "/console", BuiltInRole.VM_OPERATOR)
                    .with("host_console", BuiltInRole.POOL_ADMIN),
            of("connect_console_ws", "GET", "/console", BuiltInRole.VM_OPERATOR)
                    .with("host_console_ws", BuiltInRole.POOL_ADMIN),
            of("get_root", "GET", "/", BuiltInRole.READ_ONLY),
            of("post_cli", "POST", "/cli", BuiltInRole.READ_ONLY),
            of("get_host_backup", "GET", "/host_backup", BuiltInRole.POOL_ADMIN),
            of("put_host_restore", "PUT", "/host_restore", BuiltInRole.POOL_ADMIN),
            of("get_host_logs_download", "GET", "/host_logs_download", BuiltInRole.POOL_OPERATOR),
            of("put_pool_patch_upload", "PUT", "/pool_patch_upload", BuiltInRole.POOL_OPERATOR),
            of("get_vncsnapshot", "GET", "/vncsnapshot", BuiltInRole.VM_OPERATOR)
                    .with("host_console", BuiltInRole.POOL_ADMIN),
            of("get_pool_xml_db_sync", "GET", "/pool/xmldbdump", BuiltInRole.POOL_ADMIN),
            of("put_pool_xml_db_sync", "PUT", "/pool/xmldbdump", BuiltInRole.POOL_ADMIN),
            of("get_config_sync", "GET", "/sync_config_files", BuiltInRole.POOL_ADMIN),
            of("get_system_status", "GET", "/system-status", BuiltInRole.POOL_OPERATOR),
            of("vm_rrd", "GET", "/vm_rrd", BuiltInRole.READ_ONLY),
            of("get_vm_rrds", "GET", "/vm_rrds", BuiltInRole.READ_ONLY),
            of("host_rrd", "GET", "/host_rrd", BuiltInRole.READ_ONLY),
            of("get_host_rrds", "GET", "/host_rrds", BuiltInRole.READ_ONLY),
            of("sr_rrd", "GET", "/sr_rrd", BuiltInRole.READ_ONLY),
            of("rrd_updates", "GET", "/rrd_updates", BuiltInRole.READ_ONLY),
            of("rrd", "PUT", "/rrd", BuiltInRole.POOL_ADMIN),
            of("get_blob", "GET", "/blob", BuiltInRole.READ_ONLY),
            of("put_blob", "PUT", "/blob", BuiltInRole.VM_POWER_ADMIN),
            of("put_messages", "PUT", "/messages", BuiltInRole.VM_POWER_ADMIN),
            of("connect_remotecmd", "CONNECT", "/remotecmd", BuiltInRole.POOL_ADMIN),
            of("get_wlb_report", "GET", "/wlb_report", BuiltInRole.READ_ONLY),
            of("get_wlb_diagnostics", "GET", "/wlb_diagnostics", BuiltInRole.READ_ONLY),
            of("get_audit_log", "GET", "/audit_log", BuiltInRole.READ_ONLY),
            of("post_root", "POST", "/", BuiltInRole.READ_ONLY),
            of("post_RPC2", "POST", "/RPC2", BuiltInRole.READ_ONLY),
            of("post_json", "POST", "/json", BuiltInRole.READ_ONLY),
            of("post_root_options", "OPTIONS", "/", BuiltInRole.READ_ONLY),
            of("post_json_options", "OPTIONS", "/json", BuiltInRole.READ_ONLY),
            of("post_jsonrpc", "POST", "/jsonrpc", BuiltInRole.READ_ONLY),
            of("post_jsonrpc_options", "OPTIONS", "/jsonrpc", BuiltInRole.READ_ONLY),
            of("get_pool_update_download", "GET", "/update/", BuiltInRole.READ_ONLY),
            of("get_repository", "GET", "/repository", BuiltInRole.LOCAL_ROOT),
            of("get_enabled_repository", "GET", "/repository/enabled", BuiltInRole.POOL_OPERATOR)
                    .forClientCertificates(),
            of("get_host_updates", "GET", "/host_updates", BuiltInRole.POOL_OPERATOR)
                    .forClientCertificates(),
            of("get_updates", "GET", "/updates", BuiltInRole.POOL_OPERATOR).forClientCertificates(),
            of("put_bundle", "PUT", "/bundle", BuiltInRole.POOL_OPERATOR));

    private static final Map<String, HttpAction> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(HttpAction::name, Function.identity()));

    private static HttpAction of(String name, String method, String path, BuiltInRole least) {
        return new HttpAction(name, method, path, least, false, Map.of());
    }

    private HttpAction forClientCertificates() {
        return new HttpAction(name, method, path, least, true, parts);
    }

    private HttpAction with(String part, BuiltInRole itsLeast) {
        return new HttpAction(name, method, path, least, clientCert, Map.of(part, itsLeast));
    }

    /** The handler of that name, which must exist. */
    public static HttpAction named(String name) {
        HttpAction action = BY_NAME.get(name);
        if (action == null) {
            throw new IllegalArgumentException("no HTTP handler " + name);
        }
        return action;
    }

    /** Whether a caller needs its permission. */
    public boolean checked() {
        return !UNCHECKED.contains(name);
    }

    /** {@code http/NAME}. */
    public String permission() {
        return "http/" + name;
    }

    /** {@code http/NAME/PART}. */
    String permission(String part) {
        return permission() + "/" + part;
    }
}
