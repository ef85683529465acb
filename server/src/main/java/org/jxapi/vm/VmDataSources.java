package org.jxapi.vm;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.domain.HypervisorErrors;
import org.jxapi.host.DataSources;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.measure.Measurements;
import org.jxapi.measure.Sources;
import org.jxapi.store.Store;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/** The data sources of a VM's domain. */
final class VmDataSources {
    private final Store store;
    private final DataSources sources;
    private final Measurements measurements;

    VmDataSources(Store store, DataSources sources, Measurements measurements) {
        this.store = store;
        this.sources = sources;
        this.measurements = measurements;
    }

    List<Row<DataSource>> list(Ref<VM> vm) {
        return checked(vm).rows(measurements);
    }

    void record(Ref<VM> vm, String name) {
        checked(vm).record(measurements, name);
    }

    void forget(Ref<VM> vm, String name) {
        checked(vm).forget(measurements, name);
    }

    /** The current value; VM_BAD_POWER_STATE for a VM without a domain. */
    double query(Ref<VM> vm, String name) {
        VmPowerState state = store.snapshot().get(vm, VM.POWER_STATE);
        if (!PowerStates.withDomain().contains(state)) {
            throw Errors.vmBadPowerState(vm.value(), "running;paused", VmRules.lower(state));
        }
        return of(vm).query(name);
    }

    private Sources checked(Ref<VM> vm) {
        VmRules.check(store.snapshot(), vm, VmOperations.DATA_SOURCE_OP);
        return of(vm);
    }

    private Sources of(Ref<VM> vm) {
        try {
            return sources.ofDomain(Math.toIntExact(store.snapshot().get(vm, VM.DOMID)));
        } catch (HypervisorException e) {
            throw HypervisorErrors.internal(e);
        }
    }
}
