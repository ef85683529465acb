package org.jxapi.domain;

import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainKind;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.DomainType;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;

/** The type of domain that a VM gets. */
public final class DomainKinds {
    private DomainKinds() {}

    /** The VM's domain_type. A VM without one, as old clients make it, has an HVM_boot_policy if it is an HVM guest. */
    public static DomainKind of(Row<VM> vm) {
        return switch (vm.get(VM.DOMAIN_TYPE)) {
            case PV -> DomainKind.PV;
            case PVH, PV_IN_PVH -> DomainKind.PVH;
            case HVM -> DomainKind.HVM;
            case UNSPECIFIED -> vm.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainKind.PV : DomainKind.HVM;
        };
    }

    /** The VM with the type that its guest booted with, which clients may have changed since then for the next boot. */
    static Row<VM> booted(Snapshot snapshot, Row<VM> vm) {
        return snapshot.find(vm.get(VM.METRICS))
                .map(Stored::row)
                .map(metrics -> metrics.get(VMMetrics.CURRENT_DOMAIN_TYPE))
                .filter(type -> type != DomainType.UNSPECIFIED)
                .map(type -> vm.with(VM.DOMAIN_TYPE, type))
                .orElse(vm);
    }
}
