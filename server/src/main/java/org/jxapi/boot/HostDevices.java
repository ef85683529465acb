package org.jxapi.boot;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.gpu.GpuTypes;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.GPUGroup;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.PGPU;
import org.jxapi.xenapi.VGPUType;

/**
 * The PCI devices of a host: a PCI for each storage, network and display controller and the other functions of its card, and
 * a PGPU for each display controller. GPUs of one type share a group.
 */
final class HostDevices {
    private final Transaction tx;
    private final Ref<Host> host;

    private HostDevices(Transaction tx, Ref<Host> host) {
        this.tx = tx;
        this.host = host;
    }

    /** Makes PCIs and PGPUs those that the host has now. */
    static void update(Transaction tx, Ref<Host> host, List<PciDevice> devices) {
        new HostDevices(tx, host).update(devices);
    }

    private void update(List<PciDevice> devices) {
        List<PciDevice> managed = devices.stream()
                .filter(device -> device.isManaged()
                        || devices.stream().anyMatch(other -> other.isManaged() && other.isRelatedTo(device)))
                .toList();
        List<Stored<PCI>> known = tx.all(PCI.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(PCI.HOST).equals(host))
                .toList();
        Map<PciDevice, Ref<PCI>> current = new LinkedHashMap<>();
        for (PciDevice device : managed) {
            Ref<PCI> pci = known.stream()
                    .filter(stored -> isOf(stored.row(), device))
                    .<Ref<PCI>>map(Stored::ref)
                    .findFirst()
                    .orElseGet(() ->
                            tx.create(Row.of(PCI.XEN_CLASS).with(PCI.HOST, host).with(PCI.PCI_ID, device.address())));
            tx.update(pci, row -> filled(row, device));
            current.put(device, pci);
        }
        current.forEach((device, pci) -> relate(device, pci, current));
        // One that a VM names in other_config, and that is no device of these classes, stays as long as the VM has it.
        for (Stored<PCI> stored : known) {
            if (!current.containsValue(stored.ref())
                    && tx.get(stored.ref(), PCI.ATTACHED_VMS).isEmpty()) {
                tx.destroy(stored.ref());
            }
        }
        gpus(current);
    }

    /** Whether a record is of this device, or of one of which only the address was known. */
    private static boolean isOf(Row<PCI> row, PciDevice device) {
        return row.get(PCI.PCI_ID).equals(device.address())
                && (row.get(PCI.VENDOR_ID).isEmpty()
                        || row.get(PCI.VENDOR_ID).equals(device.vendor().id())
                                && row.get(PCI.DEVICE_ID).equals(device.device().id())
                                && row.get(PCI.SUBSYSTEM_VENDOR_ID)
                                        .equals(device.subsystemVendor().id())
                                && row.get(PCI.SUBSYSTEM_DEVICE_ID)
                                        .equals(device.subsystem().id()));
    }

    private static Row<PCI> filled(Row<PCI> row, PciDevice device) {
        return row.with(PCI.CLASS_ID, device.classId())
                .with(PCI.CLASS_NAME, device.className())
                .with(PCI.VENDOR_ID, device.vendor().id())
                .with(PCI.VENDOR_NAME, device.vendor().name())
                .with(PCI.DEVICE_ID, device.device().id())
                .with(PCI.DEVICE_NAME, device.device().name())
                .with(PCI.SUBSYSTEM_VENDOR_ID, device.subsystemVendor().id())
                .with(PCI.SUBSYSTEM_VENDOR_NAME, device.subsystemVendor().name())
                .with(PCI.SUBSYSTEM_DEVICE_ID, device.subsystem().id())
                .with(PCI.SUBSYSTEM_DEVICE_NAME, device.subsystem().name())
                .with(PCI.DRIVER_NAME, device.driver());
    }

    private void relate(PciDevice device, Ref<PCI> pci, Map<PciDevice, Ref<PCI>> all) {
        List<Ref<PCI>> related = new ArrayList<>();
        all.forEach((other, ref) -> {
            if (device.isRelatedTo(other)) {
                related.add(ref);
            }
            if (other.address().equals(device.physicalFunction())) {
                tx.set(pci, PCI.PHYSICAL_FUNCTION, ref);
            }
        });
        tx.set(pci, PCI.DEPENDENCIES, related);
    }

    private void gpus(Map<PciDevice, Ref<PCI>> devices) {
        Map<Ref<PCI>, Ref<PGPU>> known = new LinkedHashMap<>();
        for (Stored<PGPU> stored : tx.all(PGPU.XEN_CLASS)) {
            if (stored.row().get(PGPU.HOST).equals(host)) {
                known.put(stored.row().get(PGPU.PCI), stored.ref());
            }
        }
        Set<Ref<GPUGroup>> groups = new HashSet<>();
        known.values().forEach(pgpu -> groups.add(tx.get(pgpu, PGPU.GPU_GROUP)));
        devices.forEach((device, pci) -> {
            if (device.isGpu() && device.physicalFunction().isEmpty()) {
                Ref<PGPU> had = known.remove(pci);
                Ref<PGPU> pgpu = had == null ? create(device, pci) : had;
                // The GPU of the host's own screen stays with the host.
                types(pgpu, device.display() ? List.of() : List.of(GpuTypes.whole(tx)));
                tx.set(pgpu, PGPU.IS_SYSTEM_DISPLAY_DEVICE, device.display());
                groups.add(tx.get(pgpu, PGPU.GPU_GROUP));
            }
        });
        known.values().forEach(tx::destroy);
        groups.forEach(group -> GpuTypes.refresh(tx, group));
    }

    private Ref<PGPU> create(PciDevice device, Ref<PCI> pci) {
        return tx.create(
                Row.of(PGPU.XEN_CLASS).with(PGPU.PCI, pci).with(PGPU.HOST, host).with(PGPU.GPU_GROUP, group(device)));
    }

    /** The group of that type of GPUs. */
    private Ref<GPUGroup> group(PciDevice device) {
        List<String> types =
                List.of(device.vendor().id() + "/" + device.device().id());
        return tx.all(GPUGroup.XEN_CLASS).stream()
                .filter(stored -> stored.row().get(GPUGroup.GPU_TYPES).equals(types))
                .<Ref<GPUGroup>>map(Stored::ref)
                .findFirst()
                .orElseGet(() -> tx.create(Row.of(GPUGroup.XEN_CLASS)
                        .with(
                                GPUGroup.NAME_LABEL,
                                "Group of " + device.vendor().name() + " "
                                        + device.device().name() + " GPUs")
                        .with(GPUGroup.GPU_TYPES, types)));
    }

    /** Types that are new are enabled. */
    private void types(Ref<PGPU> pgpu, List<Ref<VGPUType>> supported) {
        List<Ref<VGPUType>> before = tx.get(pgpu, PGPU.SUPPORTED_VGPU_TYPES);
        List<Ref<VGPUType>> enabled = new ArrayList<>(tx.get(pgpu, PGPU.ENABLED_VGPU_TYPES));
        enabled.retainAll(supported);
        supported.stream().filter(type -> !before.contains(type)).forEach(enabled::add);
        Map<Ref<VGPUType>, Long> capacities = new LinkedHashMap<>();
        supported.forEach(type -> capacities.put(type, 1L));
        tx.set(pgpu, PGPU.SUPPORTED_VGPU_TYPES, supported);
        tx.set(pgpu, PGPU.ENABLED_VGPU_TYPES, enabled);
        tx.set(pgpu, PGPU.SUPPORTED_VGPU_MAX_CAPACITIES, capacities);
    }
}
