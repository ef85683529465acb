package org.jxapi.vm;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.OtherSessions;
import org.jxapi.storage.Drivers;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdType;

/**
 * Which storage a VM needs wherever it is to run, and how it comes from a web server or the database of another pool. The database is that
 * of the call's session. The storage is looked for in this pool, by its UUID.
 */
public final class VmRecovery {
    private final Store store;
    private volatile @Nullable Recoverer recoverer;

    public VmRecovery(Store store) {
        this.store = store;
    }

    /** Sets what makes the VMs. It comes late, since it calls messages itself. */
    public void use(Recoverer made) {
        recoverer = made;
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

    /** The repositories that it needs, in the call's database, to which no plugged PBD of this pool leads. */
    List<Ref<SR>> missing(Call call, Ref<VM> vm, Ref<Session> to) {
        Snapshot from = call.store().snapshot();
        Snapshot here = store.snapshot();
        checkSession(here, to);
        return required(from, vm).stream()
                .filter(sr -> here(here, from.get(sr, SR.UUID))
                        .filter(found -> Drivers.isPlugged(here, found))
                        .isEmpty())
                .toList();
    }

    private static void checkSession(Snapshot here, Ref<Session> to) {
        if (here.find(to).isEmpty()) {
            throw Errors.sessionInvalid(to.value());
        }
    }

    private static Optional<Ref<SR>> here(Snapshot here, String uuid) {
        return here.byUuid(SR.XEN_CLASS, uuid).map(Stored::ref);
    }

    /** VM_REQUIRES_SR when one is missing; the repository is that of this pool if it has it. */
    void check(Call call, Ref<VM> vm, Ref<Session> to) {
        Snapshot from = call.store().snapshot();
        missing(call, vm, to).stream().findFirst().ifPresent(sr -> {
            String ref =
                    here(store.snapshot(), from.get(sr, SR.UUID)).orElse(sr).value();
            throw Errors.vmRequiresSr(vm.value(), ref);
        });
    }

    /** Makes VMs of an archive that a web server holds; the disks come to that repository. */
    List<Ref<VM>> download(Call call, String url, Ref<SR> sr, boolean restore, boolean force) {
        Snapshot here = store.snapshot();
        here.require(sr);
        if (!Drivers.isPlugged(here, sr)) {
            throw Errors.srHasNoPbds(sr.value());
        }
        return recoverer().download(call, url, sr, restore, force);
    }

    private Recoverer recoverer() {
        return Objects.requireNonNull(recoverer, "nothing makes VMs yet");
    }

    /** Brings VMs into this pool. The session must be one that could have opened the database. */
    void recover(
            Call call, List<Ref<VM>> vms, Ref<Session> to, boolean force, BiConsumer<Transaction, List<Ref<VM>>> end) {
        Snapshot here = store.snapshot();
        checkSession(here, to);
        if (!OtherSessions.permit(here, to, "VDI.open_database")) {
            throw Errors.rbacPermissionDenied(
                    call.method(), "The supplied session does not have the required permissions for VM recovery.");
        }
        vms.forEach(vm -> check(call, vm, to));
        recoverer().recover(call, call.store().snapshot(), vms, force, (last, made) -> {
            made.forEach(vm -> required(last, vm).forEach(sr -> last.set(sr, SR.INTRODUCED_BY, Ref.nil())));
            end.accept(last, made);
        });
    }
}
