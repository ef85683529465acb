package org.jxapi.cli.record;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenEnum;

/** How the command line spells the values of enumerations, where it is not as on the wire. */
public final class EnumNames {
    private static final Map<String, Map<String, String>> SHOWN = new HashMap<>();

    static {
        SHOWN.put(
                "vm_operations",
                names(
                        "assert_operation_valid=assertoperationvalid",
                        "data_source_op=data_sources_op",
                        "changing_VCPUs=(unknown operation)",
                        "changing_memory_limits=(unknown operation)",
                        "query_services=(unknown operation)",
                        "create_template=(unknown operation)"));
        SHOWN.put("vm_power_state", names("Halted=halted", "Paused=paused", "Running=running", "Suspended=suspended"));
        SHOWN.put(
                "host_allowed_operations", names("vm_start=VM.start", "vm_resume=VM.resume", "vm_migrate=VM.migrate"));
        SHOWN.put("console_protocol", names("vt100=VT100", "rfb=RFB", "rdp=RDP"));
        SHOWN.put("task_allowed_operations", names("cancel=Cancel", "destroy=Destroy"));
        SHOWN.put("on_normal_exit", names("destroy=Destroy", "restart=Restart"));
        SHOWN.put(
                "on_crash_behaviour",
                names(
                        "destroy=Destroy",
                        "coredump_and_destroy=Core dump and destroy",
                        "restart=Restart",
                        "coredump_and_restart=Core dump and restart",
                        "preserve=Preserve",
                        "rename_restart=Rename restart"));
        SHOWN.put(
                "on_softreboot_behavior",
                names("destroy=Destroy", "restart=Restart", "preserve=Preserve", "soft_reboot=Soft reboot"));
        SHOWN.put(
                "vdi_type",
                names(
                        "system=System",
                        "user=User",
                        "ephemeral=Ephemeral",
                        "suspend=Suspend",
                        "crashdump=Crashdump",
                        "ha_statefile=HA statefile",
                        "metadata=Metadata",
                        "redo_log=Redo log",
                        "pvs_cache=PVS cache",
                        "cbt_metadata=CBT metadata"));
        SHOWN.put("tristate_type", names("yes=true", "no=false"));
        SHOWN.put("domain_type", names("pv_in_pvh=pv-in-pvh"));
    }

    private EnumNames() {}

    private static Map<String, String> names(String... pairs) {
        Map<String, String> names = new HashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            names.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return names;
    }

    /** The value as it is shown. */
    public static String shown(Type.Enumeration type, XenEnum value) {
        String wire = value.wire();
        return switch (type.name()) {
            case "storage_operations" ->
                wire.startsWith("vdi_") || wire.startsWith("pbd_")
                        ? wire.substring(0, 3).toUpperCase(Locale.ROOT) + "." + wire.substring(4)
                        : wire;
            case "allocation_algorithm", "placement_policy", "pvs_proxy_status" -> wire.replace('_', '-');
            default -> SHOWN.getOrDefault(type.name(), Map.of()).getOrDefault(wire, wire);
        };
    }

    /** The value that the user means; an error names those that there are. */
    public static String parse(Type.Enumeration type, String text) {
        switch (type.name()) {
            case "vm_operations":
                return type.values().values().stream()
                        .filter(v -> shown(type, v).equals(text))
                        .map(XenEnum::wire)
                        .findFirst()
                        .orElseThrow(() -> new XenApiException("INVALID_VALUE", List.of("blocked_operation", text)));
            case "bond_mode":
                return known(type, text.isEmpty() ? "balance-slb" : text, "Invalid bond mode. Got " + text);
            case "allocation_algorithm":
                return known(type, text.replace('-', '_'), "Invalid allocation algorithm. Got " + text);
            case "placement_policy":
                return known(type, text.replace('-', '_'), "Invalid VM placement policy, got " + text);
            case "domain_type":
                return known(type, text.replace('-', '_'), "Invalid domain type. Got " + text);
            case "on_boot":
                return known(type, text, "Expected 'persist' or 'reset', got " + text);
            default:
                String all =
                        type.values().keySet().stream().map(v -> "'" + v + "'").collect(Collectors.joining(", "));
                return known(type, text, "Expected one of " + all + ", got " + text.toLowerCase(Locale.ROOT));
        }
    }

    private static String known(Type.Enumeration type, String text, String error) {
        return type.values().keySet().stream()
                .filter(v -> v.equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new CliException(error));
    }
}
