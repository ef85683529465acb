package org.jxapi.vm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.Platform;
import org.jxapi.operation.Operation;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** VM.create and VM.destroy. */
public final class VmCreation {
    private final Store store;
    private final VmClaims claims;

    public VmCreation(Store store, VmClaims claims) {
        this.store = store;
        this.claims = claims;
    }

    /** A halted VM, or a suspended one with its image; its other settings are looked at when it boots. */
    Ref<VM> create(Row<VM> given) {
        boolean suspended = given.get(VM.POWER_STATE) == VmPowerState.SUSPENDED;
        if (suspended
                && (given.get(VM.LAST_BOOT_CPU_FLAGS).isEmpty()
                        || given.get(VM.LAST_BOOTED_RECORD).isEmpty()
                        || given.get(VM.SUSPEND_VDI).isNull())) {
            throw VmRules.badState(VM.XEN_CLASS.freshRef(), List.of(VmPowerState.HALTED), given.get(VM.POWER_STATE));
        }
        Platform.checkGiven(given.get(VM.PLATFORM));
        VmSettings.checkOtherConfig(given.get(VM.OTHER_CONFIG));
        Map<String, String> config = new LinkedHashMap<>();
        if (!given.get(VM.OTHER_CONFIG).containsKey("mac_seed")) {
            config.put("mac_seed", FreshIds.uuid("mac_seed").toString());
        }
        config.putAll(given.get(VM.OTHER_CONFIG));
        DomainType type = given.get(VM.DOMAIN_TYPE);
        Row<VM> vm = given.with(VM.UUID, "")
                .with(VM.OTHER_CONFIG, config)
                .with(VM.POWER_STATE, suspended ? VmPowerState.SUSPENDED : VmPowerState.HALTED)
                .with(VM.SUSPEND_VDI, suspended ? given.get(VM.SUSPEND_VDI) : Ref.nil())
                .with(VM.LAST_BOOTED_RECORD, suspended ? given.get(VM.LAST_BOOTED_RECORD) : "")
                .with(VM.LAST_BOOT_CPU_FLAGS, suspended ? given.get(VM.LAST_BOOT_CPU_FLAGS) : Map.of())
                .with(VM.DOMID, -1L)
                .with(VM.DOMARCH, "")
                .with(VM.RESIDENT_ON, Ref.nil())
                .with(VM.GUEST_METRICS, Ref.nil())
                .with(VM.BLOCKED_OPERATIONS, Map.of())
                .with(VM.BIOS_STRINGS, Map.of())
                .with(VM.BLOBS, Map.of())
                .with(VM.IS_DEFAULT_TEMPLATE, false)
                .with(VM.IS_CONTROL_DOMAIN, false)
                .with(VM.IS_A_SNAPSHOT, false)
                .with(VM.SNAPSHOT_OF, Ref.nil())
                .with(VM.SNAPSHOT_TIME, XenTime.NEVER)
                .with(VM.PARENT, Ref.nil())
                .with(VM.SNAPSHOT_SCHEDULE, Ref.nil())
                .with(
                        VM.DOMAIN_TYPE,
                        type != DomainType.UNSPECIFIED
                                ? type
                                : given.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainType.PV : DomainType.HVM);
        return store.transact(tx -> {
            Ref<VMMetrics> metrics = tx.create(Row.of(VMMetrics.XEN_CLASS)
                    .with(VMMetrics.VCPUS_UTILISATION, Map.of(0L, 0.0))
                    .with(VMMetrics.CURRENT_DOMAIN_TYPE, suspended ? type : DomainType.UNSPECIFIED));
            Ref<VM> ref = tx.create(vm.with(VM.METRICS, metrics));
            VmSettings.platformVersion(tx, ref);
            return ref;
        });
    }

    public void destroy(Call call, Ref<VM> vm) {
        try (Operation operation = claims.begin(call, vm, VmOperations.DESTROY)) {
            operation.finish(tx -> {
                VmRules.refuseDefaultTemplate(tx, vm);
                remove(tx, vm);
            });
        }
    }

    /** Removes the VM and all that is only its own; disks stay. */
    public static void remove(Transaction tx, Ref<VM> vm) {
        Row<VM> row = tx.row(vm);
        for (Ref<VM> child : row.get(VM.CHILDREN)) {
            tx.set(child, VM.PARENT, row.get(VM.PARENT));
        }
        row.get(VM.BLOBS).values().forEach(blob -> drop(tx, blob));
        for (Ref<VBD> vbd : row.get(VM.VBDS)) {
            drop(tx, tx.get(vbd, VBD.METRICS));
            tx.destroy(vbd);
        }
        for (Ref<VIF> vif : row.get(VM.VIFS)) {
            drop(tx, tx.get(vif, VIF.METRICS));
            tx.destroy(vif);
        }
        row.get(VM.VGPUS).forEach(vgpu -> drop(tx, vgpu));
        row.get(VM.VTPMS).forEach(vtpm -> drop(tx, vtpm));
        row.get(VM.VUSBS).forEach(vusb -> drop(tx, vusb));
        drop(tx, row.get(VM.METRICS));
        drop(tx, row.get(VM.GUEST_METRICS));
        tx.set(vm, VM.APPLIANCE, Ref.nil());
        tx.destroy(vm);
    }

    private static void drop(Transaction tx, Ref<?> ref) {
        tx.destroyIfThere(ref);
    }
}
