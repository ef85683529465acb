package org.jxapi.vm;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;

/** Which storage a VM needs wherever it is to run. */
final class VmRecovery {
    private final Store store;

    VmRecovery(Store store) {
        this.store = store;
    }

    /** The repositories of its disks that only one host sees. */
    List<Ref<SR>> localStorage(Ref<VM> vm) {
        Snapshot snapshot = store.snapshot();
        return required(snapshot, vm).stream()
                .filter(sr -> !snapshot.get(sr, SR.SHARED))
                .toList();
    }

    private static List<Ref<SR>> required(Snapshot snapshot, Ref<VM> vm) {
        return snapshot.get(vm, VM.VBDS).stream()
                .map(vbd -> snapshot.row(vbd))
                .filter(vbd -> vbd.get(VBD.TYPE) != VbdType.CD)
                .filter(vbd -> snapshot.find(vbd.get(VBD.VDI)).isPresent())
                .map(vbd -> snapshot.get(vbd.get(VBD.VDI), VDI.SR))
                .filter(sr -> !snapshot.get(sr, SR.CONTENT_TYPE).equals("iso"))
                .distinct()
                .toList();
    }

    /** Those that no plugged PBD leads to. */
    List<Ref<SR>> missing(Ref<VM> vm, Ref<Session> to) {
        Snapshot snapshot = store.snapshot();
        if (snapshot.find(to).isEmpty()) {
            throw Errors.sessionInvalid(to.value());
        }
        return required(snapshot, vm).stream()
                .filter(sr -> snapshot.get(sr, SR.PBDS).stream()
                        .map(pbd -> snapshot.row(pbd))
                        .noneMatch((Row<PBD> pbd) -> pbd.get(PBD.CURRENTLY_ATTACHED)))
                .toList();
    }

    /** VM_REQUIRES_SR when one is missing. */
    void check(Ref<VM> vm, Ref<Session> to) {
        missing(vm, to).stream().findFirst().ifPresent(sr -> {
            throw Errors.vmRequiresSr(vm.value(), sr.value());
        });
    }
}
