package org.jxapi.cli.record;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.DriverVariant;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostDriver;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.PGPU;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMetrics;
import org.jxapi.xenapi.Pool;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;

/** Computes the values of fields that are not fields of the API. Most take a call of their own. */
final class ComputedFields {
    private static final String UNKNOWN = "<unknown>";
    private static final Map<String, Function<ApiObject, Object>> FIELDS = new HashMap<>();

    /** Errors that mean that there is no such value here. */
    private static final Set<String> NOTHING = Set.of("NOT_IMPLEMENTED", "MESSAGE_REMOVED");

    private ComputedFields() {}

    static {
        FIELDS.put("pool.supported-sr-types", o -> list(o.api().call("SR.get_supported_types")));
        FIELDS.put("pool.vswitch-controller", o -> {
            String address = (String) get(o, "vswitch_controller");
            return address.isEmpty() ? "<not set>" : address;
        });
        FIELDS.put("pool.license-state", o -> o.api().call("pool.get_license_state", o.ref()));
        FIELDS.put("pool.https-only", o -> String.valueOf(hosts(o).allMatch(h -> h.get(Host.HTTPS_ONLY))));
        FIELDS.put("pool.ssh-enabled", o -> ofAllHosts(o, "ssh_enabled"));
        FIELDS.put("pool.ssh-enabled-timeout", o -> ofAllHosts(o, "ssh_enabled_timeout"));
        FIELDS.put("pool.ssh-expiry", o -> ofAllHosts(o, "ssh_expiry"));
        FIELDS.put("pool.console-idle-timeout", o -> ofAllHosts(o, "console_idle_timeout"));
        FIELDS.put("pool.ssh-auto-mode", o -> ofAllHosts(o, "ssh_auto_mode"));
        FIELDS.put("PIF.io_read_kbs", o -> traffic(o, "rx"));
        FIELDS.put("PIF.io_write_kbs", o -> traffic(o, "tx"));
        FIELDS.put("PIF.speed", o -> pifMetrics(o, m -> m.get(PIFMetrics.SPEED) + " Mbit/s"));
        FIELDS.put("PIF.duplex", o -> pifMetrics(o, ComputedFields::duplex));
        FIELDS.put("VIF.io_read_kbs", o -> kib(o, VIF.VM, "vif_" + get(o, "device") + "_rx"));
        FIELDS.put("VIF.io_write_kbs", o -> kib(o, VIF.VM, "vif_" + get(o, "device") + "_tx"));
        FIELDS.put("VBD.io_read_kbs", o -> kib(o, VBD.VM, "vbd_" + get(o, "device") + "_read"));
        FIELDS.put("VBD.io_write_kbs", o -> kib(o, VBD.VM, "vbd_" + get(o, "device") + "_write"));
        FIELDS.put(
                "VBD.vdi-name-label",
                o -> o.get(VBD.EMPTY) ? "<EMPTY>" : o.api().name(o.get(VBD.VDI)));
        FIELDS.put("VBD.attachable", ComputedFields::attachable);
        FIELDS.put("VM.memory-target", ComputedFields::memoryTarget);
        FIELDS.put("VM.allowed-VBD-devices", o -> orEmpty(() -> o.api().call("VM.get_allowed_VBD_devices", o.ref())));
        FIELDS.put("VM.allowed-VIF-devices", o -> orEmpty(() -> o.api().call("VM.get_allowed_VIF_devices", o.ref())));
        FIELDS.put(
                "VM.possible-hosts",
                o -> list(o.api().call("VM.get_possible_hosts", o.ref())).stream()
                        .map(h -> o.api().uuid(h))
                        .toList());
        FIELDS.put("VM.last-boot-record", o -> "'" + get(o, "last_booted_record") + "'");
        FIELDS.put("VM.VCPUs-utilisation", ComputedFields::vcpus);
        FIELDS.put(
                "VM.cooperative",
                o -> attempt(() -> o.api().call("VM.get_cooperative", o.ref()), true)
                        .toString());
        FIELDS.put(
                "host.memory-free-computed",
                o -> o.api().call("host.compute_free_memory", o.ref()).toString());
        FIELDS.put("host.patches", o -> uuids(o, far(o, "patches").map(p -> (Ref<?>) Api.value(p, "pool_patch"))));
        FIELDS.put("host.updates", o -> uuids(o, refs(o, "updates")));
        FIELDS.put(
                "host_cpu.utilisation", o -> source(o, "host", (Ref<?>) get(o, "host"), "cpu" + get(o, "number"), 1));
        FIELDS.put("pool_patch.hosts", o -> uuids(o, far(o, "host_patches").map(p -> (Ref<?>) Api.value(p, "host"))));
        FIELDS.put("pool_patch.after-apply-guidance", o -> list(get(o, "after_apply_guidance")));
        FIELDS.put("pool_update.hosts", o -> uuids(o, refs(o, "hosts")));
        FIELDS.put("pool_update.after-apply-guidance", o -> list(get(o, "after_apply_guidance")));
        FIELDS.put("VDI.metadata-of-pool", ComputedFields::metadataOfPool);
        FIELDS.put("SR.host", ComputedFields::hostOfSr);
        FIELDS.put("subject.roles", ComputedFields::roles);
        FIELDS.put("VMSS.VMs", o -> uuids(o, refs(o, "VMs")));
        FIELDS.put(
                "PGPU.dependencies",
                o -> far(o.get(PGPU.PCI), o).flatMap(p -> pciIds(o, p)).toList());
        FIELDS.put("PCI.dependencies", o -> pciIds(o, o.row().as(PCI.XEN_CLASS)).toList());
        FIELDS.put("GPU_group.enabled-VGPU-types", o -> types(o, "GPU_group.get_enabled_VGPU_types"));
        FIELDS.put("GPU_group.supported-VGPU-types", o -> types(o, "GPU_group.get_supported_VGPU_types"));
        FIELDS.put(
                "VGPU.compatibility-metadata",
                o -> ((Map<?, ?>) get(o, "compatibility_metadata"))
                        .entrySet().stream()
                                .map(e -> e.getKey() + ":("
                                        + e.getValue().toString().getBytes(StandardCharsets.UTF_8).length + " bytes)")
                                .toList());
        FIELDS.put("VGPU_type.max-resolution", o -> get(o, "max_resolution_x") + "x" + get(o, "max_resolution_y"));
        FIELDS.put(
                "network_sriov.remaining-capacity",
                o -> o.api()
                        .call("network_sriov.get_remaining_capacity", o.ref())
                        .toString());
        FIELDS.put("Driver_variant.priority", o -> String.format(Locale.ROOT, "%5.1f", (Double) get(o, "priority")));
        FIELDS.put("Driver_variant.active", o -> isVariantOf(o, "active_variant"));
        FIELDS.put("Driver_variant.selected", o -> isVariantOf(o, "selected_variant"));
        FIELDS.put("Host_driver.variants", o -> variants(o, v -> name(v) + "/" + v.get(DriverVariant.VERSION)));
        FIELDS.put("Host_driver.variants-dev-status", o -> variants(o, v -> name(v) + "=" + Api.value(v, "status")));
        FIELDS.put("Host_driver.variants-uuid", o -> variants(o, v -> name(v) + "/" + v.get(DriverVariant.UUID)));
        FIELDS.put(
                "Host_driver.variants-hw-present",
                o -> variantRows(o)
                        .filter(v -> v.get(DriverVariant.HARDWARE_PRESENT))
                        .map(ComputedFields::name)
                        .toList());
        FIELDS.put("VTPM.secret", ComputedFields::digest);
        FIELDS.put("Caller.rate-limit", o -> String.valueOf(get(o, "rate_limit")));
        FIELDS.put("Rate_limit.callers", o -> list(get(o, "callers")));
    }

    /** The value: a String, a List or a Map. Empty where the API does not offer it. */
    static Object value(ApiObject object, RecordField field) {
        String name = object.row().model().name() + "." + field.name();
        Function<ApiObject, Object> computation = FIELDS.get(name);
        if (computation == null) {
            throw new IllegalStateException("nothing computes " + name);
        }
        try {
            return computation.apply(object);
        } catch (XenApiException e) {
            if (!NOTHING.contains(e.code())) {
                throw e;
            }
            return field.set() ? List.of() : field.map() ? Map.of() : "";
        }
    }

    /** Whether code computes the field. */
    static boolean knows(RecordKind kind, RecordField field) {
        return FIELDS.containsKey(kind.model().name() + "." + field.name());
    }

    private static Object get(ApiObject object, String field) {
        return Api.value(object.row(), field);
    }

    private static List<String> list(Object value) {
        return ((List<?>) value).stream().map(String::valueOf).toList();
    }

    private static Stream<Ref<?>> refs(ApiObject object, String field) {
        return ((List<?>) get(object, field)).stream().map(r -> (Ref<?>) r);
    }

    private static List<String> uuids(ApiObject object, Stream<Ref<?>> refs) {
        return refs.map(object.api()::uuid).toList();
    }

    private static Stream<Row<?>> far(ApiObject object, String field) {
        return refs(object, field).flatMap(r -> far(r, object));
    }

    private static <C> Stream<Row<C>> far(Ref<C> ref, ApiObject object) {
        return object.api().neighbour(ref).stream();
    }

    private static Stream<Row<Host>> hosts(ApiObject object) {
        return object.api().records(Host.XEN_CLASS).values().stream();
    }

    /** The value that all hosts have in common. */
    private static String ofAllHosts(ApiObject object, String field) {
        List<String> values = hosts(object)
                .map(h -> String.valueOf(Api.value(h, field)))
                .distinct()
                .toList();
        return values.size() == 1 ? values.get(0) : "<inconsistent>";
    }

    private static String pifMetrics(ApiObject object, Function<Row<PIFMetrics>, String> text) {
        return far(object.get(PIF.METRICS), object).map(text).findFirst().orElse(Api.ABSENT);
    }

    private static String duplex(Row<PIFMetrics> metrics) {
        if (metrics.get(PIFMetrics.DUPLEX)) {
            return "full";
        }
        return metrics.get(PIFMetrics.CARRIER) ? "half" : "unknown";
    }

    private static String traffic(ApiObject object, String direction) {
        return source(object, "host", object.get(PIF.HOST), "pif_" + get(object, "device") + "_" + direction, 1024);
    }

    private static String kib(ApiObject object, Field<?, ? extends Ref<?>> vm, String name) {
        return source(object, "VM", object.get(vm), name, 1024);
    }

    /** The value of a data source, divided by a unit. */
    private static String source(ApiObject object, String className, Ref<?> of, String name, double unit) {
        try {
            Object value = object.api().call(className + ".query_data_source", of, name);
            return Values.floating((Double) value / unit);
        } catch (XenApiException e) {
            return UNKNOWN;
        }
    }

    private static String attachable(ApiObject object) {
        try {
            object.api().call("VBD.assert_attachable", object.ref());
            return "true";
        } catch (XenApiException e) {
            return "false (error: Server_error(" + e.code() + ", [ " + String.join("; ", e.params()) + " ]))";
        }
    }

    private static String memoryTarget(ApiObject object) {
        try {
            Object value = object.api().call("VM.query_data_source", object.ref(), "memory_target");
            return Long.toString(((Double) value).longValue());
        } catch (XenApiException e) {
            return e.code().equals("VM_BAD_POWER_STATE") ? "0" : UNKNOWN;
        }
    }

    private static Map<String, String> vcpus(ApiObject object) {
        Map<String, String> utilisation = new LinkedHashMap<>();
        long number = far(object.get(VM.METRICS), object)
                .mapToLong(m -> m.get(VMMetrics.VCPUS_NUMBER))
                .findFirst()
                .orElse(0);
        for (long i = 0; i < number; i++) {
            String value = source(object, "VM", object.ref(), "cpu" + i, 1);
            if (value.equals(UNKNOWN)) {
                return Map.of();
            }
            utilisation.put(Long.toString(i), value);
        }
        return utilisation;
    }

    private static Object orEmpty(Supplier<Object> call) {
        return list(attempt(call, List.of()));
    }

    private static Object attempt(Supplier<Object> call, Object otherwise) {
        try {
            return call.get();
        } catch (XenApiException e) {
            return otherwise;
        }
    }

    /** Roles are not in the database, so only the API knows their names. */
    private static Object roles(ApiObject subject) {
        return refs(subject, "roles")
                .map(role -> attempt(() -> subject.api().call("role.get_name_label", role), Api.ABSENT))
                .toList();
    }

    private static String metadataOfPool(ApiObject object) {
        Ref<Pool> pool = object.get(VDI.METADATA_OF_POOL);
        if (object.api().neighbour(pool).isPresent()) {
            return object.api().uuid(pool);
        }
        Object uuid = attempt(() -> object.api().call("VDI.read_database_pool_uuid", object.ref()), "");
        return uuid.equals("") ? Api.ABSENT : uuid.toString();
    }

    private static String hostOfSr(ApiObject object) {
        List<Row<?>> pbds = far(object, "PBDs").toList();
        return switch (pbds.size()) {
            case 0 -> Api.ABSENT;
            case 1 -> object.api().name((Ref<?>) Api.value(pbds.get(0), "host"));
            default -> "<shared>";
        };
    }

    private static Stream<String> pciIds(ApiObject object, Row<PCI> pci) {
        return pci.get(PCI.DEPENDENCIES).stream().flatMap(r -> far(r, object)).map(d -> d.get(PCI.PCI_ID));
    }

    private static List<String> types(ApiObject object, String message) {
        return list(object.api().call(message, object.ref())).stream()
                .map(t -> object.api().uuid(t))
                .toList();
    }

    private static String isVariantOf(ApiObject object, String field) {
        return String.valueOf(far(object.get(DriverVariant.DRIVER), object)
                .anyMatch(d -> Api.value(d, field).equals(object.ref())));
    }

    private static Stream<Row<DriverVariant>> variantRows(ApiObject object) {
        return object.get(HostDriver.VARIANTS).stream()
                .flatMap(r -> far(r, object))
                .sorted(Comparator.comparingDouble((Row<DriverVariant> v) -> v.get(DriverVariant.PRIORITY))
                        .reversed());
    }

    private static List<String> variants(ApiObject object, Function<Row<DriverVariant>, String> text) {
        return variantRows(object).map(text).toList();
    }

    private static String digest(ApiObject object) {
        byte[] contents =
                object.api().call("VTPM.get_contents", object.ref()).toString().getBytes(StandardCharsets.ISO_8859_1);
        try {
            String hex =
                    HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(contents));
            return "MD5=" + hex + " size=" + contents.length + " bytes";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String name(Row<DriverVariant> variant) {
        return variant.get(DriverVariant.NAME);
    }
}
