package org.jxapi.vm;

import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Secret;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VTPM;
import org.jxapi.xenapi.VTPMMessages;
import org.jxapi.xenapi.VmOperations;
import org.jxapi.xenapi.VmPowerState;

/**
 * The messages of class VTPM. libxl cannot give a TPM to a guest with emulated devices, so none is made. A database that
 * comes from XAPI may have some.
 */
public final class VtpmService implements VTPMMessages<Call> {
    private final Store store;

    public VtpmService(Store store) {
        this.store = store;
    }

    /** FEATURE_RESTRICTED, as from a XAPI that has no TPMs. */
    @Override
    public Ref<VTPM> create(Call call, Ref<VM> vm, boolean isUnique) {
        VmRules.check(store.snapshot(), vm, VmOperations.CREATE_VTPM);
        throw new XenApiException("FEATURE_RESTRICTED", List.of("restrict_vtpm"));
    }

    @Override
    public void destroy(Call call, Ref<VTPM> self) {
        store.change(tx -> {
            Row<VTPM> row = tx.row(self);
            Ref<VM> vm = row.get(VTPM.VM);
            VmPowerState state = tx.get(vm, VM.POWER_STATE);
            if (state != VmPowerState.HALTED && state != VmPowerState.SUSPENDED) {
                throw Errors.vmBadPowerState(
                        vm.value(), "halted;suspended", state.wire().toLowerCase(Locale.ROOT));
            }
            tx.destroyIfThere(row.get(VTPM.CONTENTS));
            tx.destroy(self);
        });
    }

    @Override
    public String getContents(Call call, Ref<VTPM> self) {
        Snapshot snapshot = store.snapshot();
        return snapshot.get(snapshot.get(self, VTPM.CONTENTS), Secret.VALUE);
    }

    @Override
    public void setContents(Call call, Ref<VTPM> self, String contents) {
        try {
            Base64.getDecoder().decode(contents);
        } catch (IllegalArgumentException e) {
            throw Errors.internalError("Invalid_argument(" + e.getMessage() + ")")
                    .causedBy(e);
        }
        store.change(tx -> {
            Ref<Secret> before = tx.get(self, VTPM.CONTENTS);
            tx.set(self, VTPM.CONTENTS, tx.create(Row.of(Secret.XEN_CLASS).with(Secret.VALUE, contents)));
            tx.destroyIfThere(before);
        });
    }
}
