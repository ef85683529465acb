package org.jxapi.prometheus;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jxapi.datamodel.Row;
import org.jxapi.local.ThisHost;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmPowerState;

/** The host, its VMs and its storage repositories, from the newest values of their data sources. */
final class ObjectMetrics {
    private static final double KIB = 1024;
    /** The names of an SR's sources of the host end with this many characters of its UUID. */
    private static final int SHORT_UUID = 8;

    private final Measurements measurements;

    ObjectMetrics(Measurements measurements) {
        this.measurements = measurements;
    }

    void collect(Snapshot snapshot, Families families) {
        ThisHost.find(snapshot).ifPresent(host -> host(snapshot, host.row(), families));
        Map<VmPowerState, Integer> states = new EnumMap<>(VmPowerState.class);
        for (Stored<VM> stored : snapshot.all(VM.XEN_CLASS)) {
            Row<VM> vm = stored.row();
            if (!vm.get(VM.IS_A_TEMPLATE) && !vm.get(VM.IS_A_SNAPSHOT) && !vm.get(VM.IS_CONTROL_DOMAIN)) {
                states.merge(vm.get(VM.POWER_STATE), 1, Integer::sum);
                if (vm.get(VM.POWER_STATE) == VmPowerState.RUNNING) {
                    vm(vm, families);
                }
            }
        }
        for (VmPowerState state : VmPowerState.values()) {
            String name = state.wire().toLowerCase(Locale.ROOT);
            families.gauge("jxapi_vms", "VMs by power state.", states.getOrDefault(state, 0), "state", name);
        }
    }

    private void host(Snapshot snapshot, Row<Host> host, Families families) {
        Map<String, Double> values = measurements.newest(Owner.host(host.get(Host.UUID)));
        families.gauge("jxapi_host_enabled", "Whether VMs may start on the host.", host.get(Host.ENABLED) ? 1 : 0);
        families.gauge("jxapi_host_cpu_usage_ratio", "Usage of all physical CPUs.", value(values, "cpu_avg"));
        families.gauge("jxapi_host_load_average", "Load average of the control domain.", value(values, "loadavg"));
        families.gauge("jxapi_host_memory_total_bytes", "Memory.", value(values, "memory_total_kib") * KIB);
        families.gauge("jxapi_host_memory_free_bytes", "Free memory.", value(values, "memory_free_kib") * KIB);
        values.forEach((name, value) -> {
            if (name.startsWith("pif_") && !name.startsWith("pif_aggr_")) {
                int end = name.lastIndexOf('_');
                String direction = name.substring(end + 1);
                if (direction.equals("rx") || direction.equals("tx")) {
                    families.gauge(
                            direction.equals("rx")
                                    ? "jxapi_host_network_receive_bytes_per_second"
                                    : "jxapi_host_network_transmit_bytes_per_second",
                            direction.equals("rx")
                                    ? "Bytes that an interface receives."
                                    : "Bytes that an interface sends.",
                            value,
                            "device",
                            name.substring("pif_".length(), end));
                }
            }
        });
        for (Stored<SR> stored : snapshot.all(SR.XEN_CLASS)) {
            sr(stored.row(), values, families);
        }
    }

    private static void sr(Row<SR> sr, Map<String, Double> ofHost, Families families) {
        String uuid = sr.get(SR.UUID);
        String[] labels = {"uuid", uuid, "name", sr.get(SR.NAME_LABEL)};
        if (sr.get(SR.PHYSICAL_SIZE) >= 0) {
            families.gauge("jxapi_sr_size_bytes", "Size.", sr.get(SR.PHYSICAL_SIZE), labels);
            families.gauge("jxapi_sr_used_bytes", "Space in use.", sr.get(SR.PHYSICAL_UTILISATION), labels);
            families.gauge("jxapi_sr_allocated_bytes", "Sizes of all disks.", sr.get(SR.VIRTUAL_ALLOCATION), labels);
        }
        String end = "_" + uuid.substring(0, Math.min(SHORT_UUID, uuid.length()));
        families.gauge(
                "jxapi_sr_read_bytes_per_second", "Bytes that guests read.", value(ofHost, "read" + end), labels);
        families.gauge(
                "jxapi_sr_write_bytes_per_second", "Bytes that guests write.", value(ofHost, "write" + end), labels);
    }

    private void vm(Row<VM> vm, Families families) {
        Map<String, Double> values = measurements.newest(Owner.vm(vm.get(VM.UUID)));
        String[] labels = {"uuid", vm.get(VM.UUID), "name", vm.get(VM.NAME_LABEL)};
        families.gauge("jxapi_vm_cpu_usage_ratio", "Usage of the VM's virtual CPUs.", average(values), labels);
        families.gauge("jxapi_vm_memory_bytes", "Memory that the VM has.", value(values, "memory"), labels);
        families.gauge(
                "jxapi_vm_network_receive_bytes_per_second",
                "Bytes that all interfaces receive.",
                sum(values, name -> name.startsWith("vif_") && name.endsWith("_rx")),
                labels);
        families.gauge(
                "jxapi_vm_network_transmit_bytes_per_second",
                "Bytes that all interfaces send.",
                sum(values, name -> name.startsWith("vif_") && name.endsWith("_tx")),
                labels);
        families.gauge(
                "jxapi_vm_disk_read_bytes_per_second",
                "Bytes read from all disks.",
                sum(values, name -> name.matches("vbd_[^_]+_read")),
                labels);
        families.gauge(
                "jxapi_vm_disk_write_bytes_per_second",
                "Bytes written to all disks.",
                sum(values, name -> name.matches("vbd_[^_]+_write")),
                labels);
    }

    private static double value(Map<String, Double> values, String name) {
        return values.getOrDefault(name, Double.NaN);
    }

    private static double sum(Map<String, Double> values, Predicate<String> which) {
        return values.entrySet().stream()
                .filter(e -> which.test(e.getKey()) && !Double.isNaN(e.getValue()))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    private static double average(Map<String, Double> values) {
        return values.entrySet().stream()
                .filter(e -> e.getKey().matches("cpu[0-9]+"))
                .mapToDouble(Map.Entry::getValue)
                .average()
                .orElse(Double.NaN);
    }
}
