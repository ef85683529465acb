package org.jxapi.domain;

import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainType;
import org.jxapi.xenapi.VM;

/** The type of domain that a VM gets. */
public final class DomainTypes {
    private DomainTypes() {}

    /** The VM's domain_type. A VM without one, as old clients make it, has an HVM_boot_policy if it is an HVM guest. */
    public static DomainType of(Row<VM> vm) {
        return switch (vm.get(VM.DOMAIN_TYPE)) {
            case PV -> DomainType.PV;
            case PVH, PV_IN_PVH -> DomainType.PVH;
            case HVM -> DomainType.HVM;
            case UNSPECIFIED -> vm.get(VM.HVM_BOOT_POLICY).isEmpty() ? DomainType.PV : DomainType.HVM;
        };
    }
}
