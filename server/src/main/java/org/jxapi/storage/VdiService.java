package org.jxapi.storage;

import java.util.Map;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VDIMessages;
import org.jxapi.xenapi.VdiOperations;

/** The messages of class VDI. */
public final class VdiService implements VDIMessages<Call> {
    private final Store store;
    private final Disks disks;
    private final Operations operations;

    public VdiService(Store store, Disks disks, Operations operations) {
        this.store = store;
        this.disks = disks;
        this.operations = operations;
    }

    public void bind(MessageTable<Call> table) {
        VDIMessages.bind(table, this);
        table.bind("VDI.create", (call, args) -> create((Row) args[0]));
        table.bind("VDI.destroy", (call, args) -> {
            destroy(call, cast(args[0]));
            return null;
        });
    }

    @SuppressWarnings("unchecked")
    private static Ref<VDI> cast(Object ref) {
        return (Ref<VDI>) ref;
    }

    private Ref<VDI> create(Row row) {
        store.snapshot().row(SR.XEN_CLASS, row.get(VDI.SR));
        return disks.create(row.get(VDI.SR), row);
    }

    private void destroy(Call call, Ref<VDI> vdi) {
        try (Operation operation = begin(call, vdi, VdiOperations.DESTROY, tx -> {
            if (!tx.get(vdi, VDI.VBDS).isEmpty()) {
                throw Errors.vdiInUse(vdi.value(), "destroy");
            }
        })) {
            disks.destroy(vdi);
        }
    }

    private Operation begin(
            Call call, Ref<VDI> vdi, VdiOperations what, java.util.function.Consumer<Transaction> check) {
        return operations.begin(call, VDI.XEN_CLASS, vdi, what, tx -> {
            Map<String, VdiOperations> others = tx.get(vdi, VDI.CURRENT_OPERATIONS);
            if (!others.isEmpty()) {
                throw Errors.otherOperationInProgress(
                        "VDI",
                        vdi.value(),
                        others.values().iterator().next().wire(),
                        others.keySet().iterator().next());
            }
            check.accept(tx);
        });
    }

    @Override
    public Ref<VDI> snapshot(Call call, Ref<VDI> vdi, Map<String, String> driverParams) {
        try (Operation operation = begin(call, vdi, VdiOperations.SNAPSHOT, tx -> {})) {
            return disks.snapshot(vdi);
        }
    }

    @Override
    public Ref<VDI> clone(Call call, Ref<VDI> vdi, Map<String, String> driverParams) {
        try (Operation operation = begin(call, vdi, VdiOperations.CLONE, tx -> {})) {
            return disks.copy(vdi, store.snapshot().get(vdi, VDI.SR));
        }
    }

    @Override
    public Ref<VDI> copy(Call call, Ref<VDI> vdi, Ref<SR> sr, Ref<VDI> baseVdi, Ref<VDI> intoVdi) {
        if (!baseVdi.isNull() || !intoVdi.isNull()) {
            throw Errors.notImplemented("VDI.copy with base_vdi or into_vdi");
        }
        try (Operation operation = begin(call, vdi, VdiOperations.COPY, tx -> {})) {
            return disks.copy(vdi, sr.isNull() ? store.snapshot().get(vdi, VDI.SR) : sr);
        }
    }

    @Override
    public void resize(Call call, Ref<VDI> vdi, long size) {
        try (Operation operation = begin(call, vdi, VdiOperations.RESIZE, tx -> refuseAttached(tx, vdi, "resize"))) {
            disks.resize(vdi, size);
        }
    }

    static void refuseAttached(Transaction tx, Ref<VDI> vdi, String what) {
        for (Ref<VBD> vbd : tx.get(vdi, VDI.VBDS)) {
            if (tx.get(vbd, VBD.CURRENTLY_ATTACHED)) {
                throw Errors.vdiInUse(vdi.value(), what);
            }
        }
    }
}
