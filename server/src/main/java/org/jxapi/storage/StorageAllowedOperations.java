package org.jxapi.storage;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.ChangeLog;
import org.jxapi.store.Derivation;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SM;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;

/** Keeps the allowed_operations of repositories and disks true, whatever a transaction changes. */
final class StorageAllowedOperations implements Derivation {
    @Override
    public void derive(Transaction tx, Collection<ChangeLog.Change> changes) {
        Set<Ref<SR>> srs = new LinkedHashSet<>();
        Set<Ref<VDI>> vdis = new LinkedHashSet<>();
        for (ChangeLog.Change change : changes) {
            ClassModel<?> model = change.model();
            if (change.kind() == ChangeLog.Kind.DEL) {
                // The other end of every relation that this matters to has changed too.
                continue;
            }
            if (model == VDI.XEN_CLASS) {
                vdis.add(VDI.XEN_CLASS.cast(change.ref()));
                change.rowOf(VDI.XEN_CLASS).ifPresent(vdi -> srs.add(vdi.get(VDI.SR)));
            } else if (model == SR.XEN_CLASS) {
                srs.add(SR.XEN_CLASS.cast(change.ref()));
            } else if (model == VBD.XEN_CLASS) {
                change.rowOf(VBD.XEN_CLASS).ifPresent(vbd -> vdis.add(vbd.get(VBD.VDI)));
            } else if (model == PBD.XEN_CLASS) {
                change.rowOf(PBD.XEN_CLASS).map(pbd -> pbd.get(PBD.SR)).ifPresent(sr -> {
                    srs.add(sr);
                    tx.find(sr).ifPresent(stored -> vdis.addAll(stored.row().get(SR.VDIS)));
                });
            } else if (model == SM.XEN_CLASS) {
                tx.all(SR.XEN_CLASS).forEach(sr -> srs.add(sr.ref()));
                tx.all(VDI.XEN_CLASS).forEach(vdi -> vdis.add(vdi.ref()));
            }
        }
        for (Ref<VDI> vdi : vdis) {
            if (tx.find(vdi).isPresent()) {
                tx.set(vdi, VDI.ALLOWED_OPERATIONS, VdiRules.allowed(tx, vdi));
            }
        }
        for (Ref<SR> sr : srs) {
            if (tx.find(sr).isPresent()) {
                tx.set(sr, SR.ALLOWED_OPERATIONS, SrRules.allowed(tx, sr));
            }
        }
    }
}
