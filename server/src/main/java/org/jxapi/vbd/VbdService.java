package org.jxapi.vbd;

import java.util.HashSet;
import java.util.Set;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.DiskConfig;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.vm.DomainConfigs;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VBDMessages;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VbdType;
import org.jxapi.xenapi.VmPowerState;

/** The messages of class VBD: disks and discs in VMs. */
public final class VbdService implements VBDMessages<Call> {
    private final Store store;
    private final Hypervisor hypervisor;
    private final Operations operations;
    private final DomainConfigs configs;

    public VbdService(Store store, Hypervisor hypervisor, Operations operations, DomainConfigs configs) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.operations = operations;
        this.configs = configs;
    }

    public void bind(MessageTable<Call> table) {
        VBDMessages.bind(table, this);
        table.bind("VBD.create", (call, args) -> store.transact(tx -> create(tx, (Row) args[0])));
        table.bind("VBD.destroy", (call, args) -> {
            Ref<VBD> vbd = Ref.of(args[0].toString());
            store.change(tx -> {
                if (tx.get(vbd, VBD.CURRENTLY_ATTACHED)) {
                    throw Errors.operationNotAllowed("VBD '" + tx.get(vbd, VBD.UUID) + "' still attached to '"
                            + tx.get(tx.get(vbd, VBD.VM), VM.UUID) + "'");
                }
                tx.destroy(VBD.XEN_CLASS, vbd);
            });
            return null;
        });
    }

    private static Ref<VBD> create(Transaction tx, Row given) {
        Row vm = tx.row(VM.XEN_CLASS, given.get(VBD.VM));
        boolean cd = given.get(VBD.TYPE) == VbdType.CD;
        if (given.get(VBD.EMPTY) && !cd) {
            throw new org.jxapi.datamodel.XenApiException(
                    "VBD_NOT_REMOVABLE_MEDIA", java.util.List.of("in constructor"));
        }
        if (!given.get(VBD.EMPTY)) {
            Row vdi = tx.row(VDI.XEN_CLASS, given.get(VBD.VDI));
            if (vdi.get(VDI.READ_ONLY) && given.get(VBD.MODE) == VbdMode.RW) {
                throw new org.jxapi.datamodel.XenApiException(
                        "VDI_READONLY", java.util.List.of(given.get(VBD.VDI).value()));
            }
        }
        int position = free(tx, vm, given.get(VBD.USERDEVICE));
        return tx.create(
                VBD.XEN_CLASS,
                given.with(VBD.VDI, given.get(VBD.EMPTY) ? Ref.nil() : given.get(VBD.VDI))
                        .with(VBD.USERDEVICE, Integer.toString(position))
                        .with(VBD.DEVICE, DeviceNames.disk(position))
                        .with(VBD.CURRENTLY_ATTACHED, false));
    }

    private static int free(Snapshot snapshot, Row vm, String wanted) {
        Set<Integer> used = new HashSet<>();
        vm.get(VM.VBDS).forEach(vbd -> used.add(DeviceNames.position(snapshot.get(vbd, VBD.USERDEVICE))));
        if (wanted.equals("autodetect") || wanted.isEmpty()) {
            int position = 0;
            // XAPI keeps the fourth place for the disc drive.
            while (used.contains(position) || position == 3) {
                position++;
            }
            return position;
        }
        int position = DeviceNames.position(wanted);
        if (position < 0) {
            throw Errors.invalidDevice(wanted);
        }
        if (used.contains(position)) {
            throw Errors.deviceAlreadyExists(wanted);
        }
        return position;
    }

    private Operation begin(Call call, Ref<VBD> vbd, VbdOperations what) {
        return operations.begin(call, VBD.XEN_CLASS, vbd, what, tx -> VbdRules.check(tx, vbd, what));
    }

    private int domid(Ref<VBD> vbd) {
        Snapshot snapshot = store.snapshot();
        return (int) (long) snapshot.get(snapshot.get(vbd, VBD.VM), VM.DOMID);
    }

    private DiskConfig disk(Ref<VBD> vbd) {
        return configs.disk(store.snapshot(), store.snapshot().row(VBD.XEN_CLASS, vbd));
    }

    private static RuntimeException failed(HypervisorException e) {
        return Errors.internalError("xenopsd error: " + e.getMessage()).causedBy(e);
    }

    @Override
    public void plug(Call call, Ref<VBD> self) {
        try (Operation operation = begin(call, self, VbdOperations.PLUG)) {
            try {
                hypervisor.devices().add(domid(self), disk(self));
            } catch (HypervisorException e) {
                throw failed(e);
            }
            operation.finish(tx -> tx.set(self, VBD.CURRENTLY_ATTACHED, true));
        }
    }

    @Override
    public void unplug(Call call, Ref<VBD> self) {
        unplug(call, self, VbdOperations.UNPLUG);
    }

    @Override
    public void unplugForce(Call call, Ref<VBD> self) {
        unplug(call, self, VbdOperations.UNPLUG_FORCE);
    }

    private void unplug(Call call, Ref<VBD> self, VbdOperations what) {
        try (Operation operation = begin(call, self, what)) {
            try {
                hypervisor.devices().remove(domid(self), disk(self));
            } catch (HypervisorException e) {
                throw failed(e);
            }
            operation.finish(tx -> tx.set(self, VBD.CURRENTLY_ATTACHED, false));
        }
    }

    @Override
    public void insert(Call call, Ref<VBD> vbd, Ref<VDI> vdi) {
        store.snapshot().row(VDI.XEN_CLASS, vdi);
        change(call, vbd, vdi, VbdOperations.INSERT);
    }

    @Override
    public void eject(Call call, Ref<VBD> vbd) {
        change(call, vbd, Ref.nil(), VbdOperations.EJECT);
    }

    private void change(Call call, Ref<VBD> vbd, Ref<VDI> vdi, VbdOperations what) {
        try (Operation operation = begin(call, vbd, what)) {
            Row now =
                    store.snapshot().row(VBD.XEN_CLASS, vbd).with(VBD.VDI, vdi).with(VBD.EMPTY, vdi.isNull());
            int domid = domid(vbd);
            if (domid >= 0) {
                try {
                    hypervisor.devices().cdromInsert(domid, configs.disk(store.snapshot(), now));
                } catch (HypervisorException e) {
                    throw failed(e);
                }
            }
            operation.finish(tx -> {
                tx.set(vbd, VBD.VDI, vdi);
                tx.set(vbd, VBD.EMPTY, vdi.isNull());
            });
        }
    }

    @Override
    public void assertAttachable(Call call, Ref<VBD> self) {
        VbdRules.check(store.snapshot(), self, VbdOperations.ATTACH);
    }

    @Override
    public void setMode(Call call, Ref<VBD> self, VbdMode value) {
        store.change(tx -> {
            VmPowerState state = tx.get(tx.get(self, VBD.VM), VM.POWER_STATE);
            if (state != VmPowerState.HALTED) {
                throw Errors.vmBadPowerState(
                        tx.get(self, VBD.VM).value(), "halted", state.wire().toLowerCase(java.util.Locale.ROOT));
            }
            tx.set(self, VBD.MODE, value);
        });
    }
}
