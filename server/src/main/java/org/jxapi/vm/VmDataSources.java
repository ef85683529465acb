package org.jxapi.vm;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Owner;
import org.jxapi.store.Store;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** The data sources of a VM. */
final class VmDataSources {
    private final Store store;
    private final Measurements measurements;

    VmDataSources(Store store, Measurements measurements) {
        this.store = store;
        this.measurements = measurements;
    }

    List<Row<DataSource>> list(Ref<VM> vm) {
        return measurements.sources(checked(vm));
    }

    void record(Ref<VM> vm, String name) {
        measurements.record(checked(vm), name);
    }

    void forget(Ref<VM> vm, String name) {
        measurements.forget(checked(vm), name);
    }

    /** The newest value; VM_BAD_POWER_STATE for a VM without a domain. */
    double query(Ref<VM> vm, String name) {
        VmPowerState state = store.snapshot().get(vm, VM.POWER_STATE);
        if (!PowerStates.withDomain().contains(state)) {
            throw Errors.vmBadPowerState(vm.value(), "running;paused", VmRules.lower(state));
        }
        return measurements.query(owner(vm), name);
    }

    private Owner checked(Ref<VM> vm) {
        VmRules.check(store.snapshot(), vm, VmOperations.DATA_SOURCE_OP);
        return owner(vm);
    }

    private Owner owner(Ref<VM> vm) {
        return Owner.vm(store.snapshot().get(vm, VM.UUID));
    }
}
