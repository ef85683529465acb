package org.jxapi.vm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.MapRights;
import org.jxapi.domain.DomainKinds;
import org.jxapi.domain.HypervisorErrors;
import org.jxapi.domain.Platform;
import org.jxapi.domain.SerialPort;
import org.jxapi.domain.XenstoreText;
import org.jxapi.guest.GuestNodes;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.operation.Operation;
import org.jxapi.storage.Disks;
import org.jxapi.storage.VdiTypes;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.OnCrashBehaviour;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMAppliance;
import org.jxapi.xenapi.VMGroup;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VMSS;
import org.jxapi.xenapi.VdiType;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** Settings of a VM that depend on more than its power state, or on more than one field. */
public final class VmSettings {
    private static final String RESTART = "restart";
    private static final List<String> RESTART_PRIORITIES = List.of(RESTART, "best-effort", "");
    private static final long VENDOR_DEVICE_PLATFORM = 2;
    private static final String VCPU_ORDER = "VCPU values must satisfy: 0 < VCPUs_at_startup ≤ VCPUs_max";

    private final Store store;
    private final Disks disks;
    private final VmClaims claims;
    private final Hosts hosts;

    VmSettings(Store store, VmClaims claims, Disks disks, Hosts hosts) {
        this.store = store;
        this.disks = disks;
        this.claims = claims;
        this.hosts = hosts;
    }

    <T> void plain(Ref<VM> vm, Field<VM, T> field, T value) {
        store.change(tx -> tx.set(vm, field, value));
    }

    /** A running guest finds it at once, in the place of all that was there. */
    void xenstoreData(Ref<VM> vm, Map<String, String> value) {
        Row<VM> row = store.snapshot().row(vm);
        boolean running = row.get(VM.POWER_STATE) == VmPowerState.RUNNING && !row.get(VM.IS_CONTROL_DOMAIN);
        Map<String, String> data = running ? XenstoreText.data(value) : Map.of();
        plain(vm, VM.XENSTORE_DATA, value);
        if (running) {
            try {
                VmDomain domain = hosts.domain(row);
                new GuestNodes(domain.hypervisor()).replaceData(domain.domid(), data);
            } catch (HypervisorException e) {
                throw HypervisorErrors.internal(e);
            }
        }
    }

    void platform(Call call, Ref<VM> vm, Map<String, String> value) {
        Platform.checkGiven(value);
        replace(call, vm, VM.PLATFORM, value);
    }

    private void replace(Call call, Ref<VM> vm, Field<VM, Map<String, String>> field, Map<String, String> value) {
        store.change(tx -> {
            MapRights.check(call, "VM", field.name(), tx.get(vm, field), value);
            tx.set(vm, field, value);
        });
    }

    void addPlatform(Ref<VM> vm, String key, String value) {
        Platform.checkGiven(Map.of(key, value));
        add(vm, VM.PLATFORM, key, value);
    }

    void otherConfig(Call call, Ref<VM> vm, Map<String, String> value) {
        checkOtherConfig(value);
        replace(call, vm, VM.OTHER_CONFIG, value);
    }

    void addOtherConfig(Ref<VM> vm, String key, String value) {
        checkOtherConfig(Map.of(key, value));
        add(vm, VM.OTHER_CONFIG, key, value);
    }

    /** INVALID_VALUE for what must not reach QEMU. */
    public static void checkOtherConfig(Map<String, String> value) {
        if (value.containsKey(SerialPort.KEY)) {
            SerialPort.check("other_config", value.get(SerialPort.KEY));
        }
    }

    void notNegative(Ref<VM> vm, Field<VM, Long> field, long value) {
        if (value < 0) {
            throw Errors.invalidValue(field.name() + " must be non-negative", Long.toString(value));
        }
        plain(vm, field, value);
    }

    /** Changes a VM in one transaction that is an operation of that kind. */
    void as(Call call, Ref<VM> vm, VmOperations what, Consumer<Transaction> work) {
        try (Operation operation = claims.begin(call, vm, what)) {
            operation.finish(work);
        }
    }

    void vcpusMax(Call call, Ref<VM> vm, long value) {
        as(call, vm, VmOperations.CHANGING_VCPUS, tx -> {
            if (value < 1 || value < tx.get(vm, VM.VCPUS_AT_STARTUP)) {
                throw Errors.invalidValue(VCPU_ORDER, Long.toString(value));
            }
            tx.set(vm, VM.VCPUS_MAX, value);
        });
    }

    void vcpusAtStartup(Ref<VM> vm, long value) {
        store.change(tx -> {
            if (tx.get(vm, VM.DOMID) == 0 && tx.get(vm, VM.IS_CONTROL_DOMAIN)) {
                throw Errors.operationNotAllowed("set_VCPUs_at_startup is not allowed on dom0");
            }
            if (value < 1 || value > tx.get(vm, VM.VCPUS_MAX)) {
                throw Errors.invalidValue(VCPU_ORDER, Long.toString(value));
            }
            tx.set(vm, VM.VCPUS_AT_STARTUP, value);
        });
    }

    void shadowMultiplier(Call call, Ref<VM> vm, double value) {
        checkMultiplier(value);
        as(call, vm, VmOperations.CHANGING_SHADOW_MEMORY, tx -> tx.set(vm, VM.HVM_SHADOW_MULTIPLIER, value));
    }

    /** NOT_IMPLEMENTED, as libxl cannot change the memory; as in XAPI, nothing happens to a PV guest, which has none. */
    void shadowMultiplierLive(Call call, Ref<VM> vm, double value) {
        as(call, vm, VmOperations.CHANGING_SHADOW_MEMORY_LIVE, tx -> {
            if (tx.get(vm, VM.POWER_STATE) != VmPowerState.RUNNING) {
                throw Errors.vmBadPowerState(vm.value(), "running", VmRules.lower(tx.get(vm, VM.POWER_STATE)));
            }
            checkMultiplier(value);
            if (DomainKinds.of(tx.row(vm)) != DomainKind.PV) {
                throw Errors.notImplemented("VM.set_shadow_multiplier_live");
            }
        });
    }

    static void checkMultiplier(double value) {
        if (value < 1) {
            String text = Double.toString(value);
            throw Errors.invalidValue("multiplier", text.endsWith(".0") ? text.substring(0, text.length() - 1) : text);
        }
    }

    void nvram(Call call, Ref<VM> vm, Map<String, String> value) {
        as(call, vm, VmOperations.CHANGING_NVRAM, tx -> tx.set(vm, VM.NVRAM, value));
    }

    void addNvram(Call call, Ref<VM> vm, String key, String value) {
        as(call, vm, VmOperations.CHANGING_NVRAM, tx -> add(tx, vm, VM.NVRAM, key, value));
    }

    void removeNvram(Call call, Ref<VM> vm, String key) {
        as(call, vm, VmOperations.CHANGING_NVRAM, tx -> remove(tx, vm, VM.NVRAM, key));
    }

    <K> void add(Ref<VM> vm, Field<VM, Map<K, String>> field, K key, String value) {
        store.change(tx -> add(tx, vm, field, key, value));
    }

    private static <K> void add(Transaction tx, Ref<VM> vm, Field<VM, Map<K, String>> field, K key, String value) {
        Map<K, String> map = new LinkedHashMap<>(tx.get(vm, field));
        if (map.putIfAbsent(key, value) != null) {
            throw Errors.mapDuplicateKey("VM", field.column(), vm.value(), String.valueOf(key));
        }
        tx.set(vm, field, map);
    }

    <K> void remove(Ref<VM> vm, Field<VM, Map<K, String>> field, K key) {
        store.change(tx -> remove(tx, vm, field, key));
    }

    private static <K> void remove(Transaction tx, Ref<VM> vm, Field<VM, Map<K, String>> field, K key) {
        Map<K, String> map = new LinkedHashMap<>(tx.get(vm, field));
        map.remove(key);
        tx.set(vm, field, map);
    }

    /** The old flag is the new priority: protected, or nothing. */
    void restartPriority(Ref<VM> vm, String value) {
        if (!RESTART_PRIORITIES.contains(value)) {
            throw Errors.invalidValue("ha_restart_priority", value);
        }
        store.change(tx -> {
            if (!tx.get(vm, VM.HA_RESTART_PRIORITY).equals(value)) {
                tx.set(vm, VM.HA_RESTART_PRIORITY, value);
                if (tx.get(vm, VM.POWER_STATE) == VmPowerState.RUNNING) {
                    tx.set(vm, VM.HA_ALWAYS_RUN, value.equals(RESTART));
                }
            }
        });
    }

    void crashAction(Ref<VM> vm, OnCrashBehaviour value) {
        plain(vm, VM.ACTIONS_AFTER_CRASH, value);
    }

    void vendorDevice(Ref<VM> vm, boolean value) {
        store.change(tx -> {
            VmPowerState state = tx.get(vm, VM.POWER_STATE);
            if (state != VmPowerState.HALTED) {
                throw VmRules.badState(vm, List.of(VmPowerState.HALTED), state);
            }
            tx.set(vm, VM.HAS_VENDOR_DEVICE, value);
            platformVersion(tx, vm);
        });
    }

    /** A VM with the vendor's device needs a host that knows it. */
    static void platformVersion(Transaction tx, Ref<VM> vm) {
        if (tx.get(vm, VM.HAS_VENDOR_DEVICE) && tx.get(vm, VM.HARDWARE_PLATFORM_VERSION) < VENDOR_DEVICE_PLATFORM) {
            tx.set(vm, VM.HARDWARE_PLATFORM_VERSION, VENDOR_DEVICE_PLATFORM);
        }
    }

    void domainType(Ref<VM> vm, DomainType value) {
        if (value == DomainType.UNSPECIFIED) {
            throw Errors.invalidValue("domain_type", value.wire());
        }
        store.change(tx -> {
            tx.set(vm, VM.DOMAIN_TYPE, value);
            tx.set(vm, VM.HVM_BOOT_POLICY, value == DomainType.HVM ? "BIOS order" : "");
        });
    }

    void bootPolicy(Ref<VM> vm, String value) {
        store.change(tx -> {
            tx.set(vm, VM.DOMAIN_TYPE, value.isEmpty() ? DomainType.PV : DomainType.HVM);
            tx.set(vm, VM.HVM_BOOT_POLICY, value);
        });
    }

    /** A template has no metrics of its own, no group, and nothing plugged in. */
    void template(Call call, Ref<VM> vm, boolean value) {
        if (!value) {
            store.change(tx -> {
                if (tx.get(vm, VM.IS_DEFAULT_TEMPLATE)) {
                    throw Errors.vmIsTemplate(vm.value(), VmOperations.MAKE_INTO_TEMPLATE.wire());
                }
                tx.set(vm, VM.IS_A_TEMPLATE, false);
            });
            return;
        }
        as(call, vm, VmOperations.MAKE_INTO_TEMPLATE, tx -> intoTemplate(tx, vm));
    }

    private static void intoTemplate(Transaction tx, Ref<VM> vm) {
        List.copyOf(tx.get(vm, VM.VUSBS)).forEach(vusb -> tx.destroy(vusb));
        tx.set(vm, VM.HA_ALWAYS_RUN, false);
        tx.set(vm, VM.GROUPS, List.of());
        Ref<VMMetrics> metrics = tx.get(vm, VM.METRICS);
        tx.destroyIfThere(metrics);
        tx.set(vm, VM.METRICS, Ref.nil());
        tx.set(vm, VM.IS_A_TEMPLATE, true);
    }

    /** Default templates cannot be destroyed; older clients know them by a key in other_config. */
    void defaultTemplate(Ref<VM> vm, boolean value) {
        store.change(tx -> {
            if (value && !tx.get(vm, VM.IS_A_TEMPLATE)) {
                VmRules.check(tx, vm, VmOperations.MAKE_INTO_TEMPLATE);
                intoTemplate(tx, vm);
            }
            Map<String, String> config = new LinkedHashMap<>(tx.get(vm, VM.OTHER_CONFIG));
            config.put("default_template", Boolean.toString(value));
            tx.set(vm, VM.OTHER_CONFIG, config);
            tx.set(vm, VM.IS_DEFAULT_TEMPLATE, value);
        });
    }

    void appliance(Ref<VM> vm, Ref<VMAppliance> value) {
        store.change(tx -> {
            if (special(tx.row(vm))) {
                throw Errors.operationNotAllowed(
                        "Control domains, templates and snapshots cannot be assigned to appliances.");
            }
            tx.set(vm, VM.APPLIANCE, value);
        });
    }

    void groups(Ref<VM> vm, List<Ref<VMGroup>> value) {
        store.change(tx -> {
            if (special(tx.row(vm))) {
                throw Errors.operationNotAllowed(
                        "Control domains, templates, and snapshots cannot be added to VM groups.");
            }
            if (value.size() > 1) {
                throw Errors.tooManyGroups();
            }
            tx.set(vm, VM.GROUPS, value);
        });
    }

    private static boolean special(Row<VM> vm) {
        return vm.get(VM.IS_CONTROL_DOMAIN) || vm.get(VM.IS_A_TEMPLATE) || vm.get(VM.IS_A_SNAPSHOT);
    }

    /** Another disk with the same image takes the image's place. */
    void suspendImage(Call call, Ref<VM> vm, Ref<VDI> by) {
        Snapshot now = store.snapshot();
        VmPowerState state = now.get(vm, VM.POWER_STATE);
        if (state != VmPowerState.SUSPENDED) {
            throw VmRules.badState(vm, List.of(VmPowerState.SUSPENDED), state);
        }
        if (now.get(by, VDI.TYPE) == VdiType.CBT_METADATA) {
            throw Errors.vdiIncompatibleType(vm.value(), VdiTypes.named(VdiType.CBT_METADATA));
        }
        Ref<VDI> image = now.get(vm, VM.SUSPEND_VDI);
        if (image.equals(by)) {
            return;
        }
        String old = disks.checksum(call, image);
        String fresh = disks.checksum(call, by);
        if (!old.equals(fresh)) {
            throw Errors.suspendVdiReplacementIsNotIdentical(
                    now.get(image, VDI.UUID) + " : " + old, now.get(by, VDI.UUID) + " : " + fresh);
        }
        plain(vm, VM.SUSPEND_VDI, by);
    }

    void schedule(Ref<VM> vm, Ref<VMSS> value) {
        store.change(tx -> {
            Row<VM> row = tx.row(vm);
            boolean known = tx.find(value).isPresent();
            if (!known && !value.isNull() && !value.value().isEmpty() || known && row.get(VM.IS_CONTROL_DOMAIN)) {
                throw new XenApiException("INVALID_VALUE", List.of(value.value()));
            }
            if (known && row.get(VM.IS_A_TEMPLATE)) {
                throw new XenApiException("VM_IS_TEMPLATE", List.of(vm.value()));
            }
            tx.set(vm, VM.SNAPSHOT_SCHEDULE, value);
        });
    }
}
