package org.jxapi.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.operation.Claim;
import org.jxapi.operation.CurrentOperations;
import org.jxapi.storage.Attachment;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The VBDs that a VM's new domain gets. Each is checked as VBD.attach would be, and is marked with {@code attach}, until
 * the domain has it: meanwhile nobody else can have the disk. VBDs that come later are not for this domain.
 */
public final class VmDisks implements Claim {
    private static final Logger LOG = LoggerFactory.getLogger(VmDisks.class);

    /** XAPI's for disks that are busy when their VM wants them: fail_quickly in its helpers.ml. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Ref<VM> vm;
    private final boolean all;
    private List<Ref<VBD>> taken = List.of();

    private VmDisks(Ref<VM> vm, boolean all) {
        this.vm = vm;
        this.all = all;
    }

    /** All of them, or the error of the first that cannot be had, such as VDI_IN_USE. */
    static VmDisks all(Ref<VM> vm) {
        return new VmDisks(vm, true);
    }

    /** Those that can be had: a guest that has rebooted by itself goes on without a disk that somebody else has taken. */
    public static VmDisks free(Ref<VM> vm) {
        return new VmDisks(vm, false);
    }

    /** The VBDs that are taken. */
    public Set<Ref<VBD>> taken() {
        return Set.copyOf(taken);
    }

    @Override
    public void take(Transaction tx, String key) {
        taken = new ArrayList<>();
        for (Ref<VBD> vbd : tx.get(vm, VM.VBDS)) {
            if (all) {
                Attachment.check(tx, vbd);
            } else if (!canHave(tx, vbd)) {
                continue;
            }
            CurrentOperations.add(tx, vbd, key, VbdOperations.ATTACH);
            taken.add(vbd);
        }
    }

    @Override
    public Duration patience() {
        return PATIENCE;
    }

    @Override
    public void giveBack(Transaction tx, String key) {
        taken.forEach(vbd -> CurrentOperations.remove(tx, vbd, key));
    }

    private static boolean canHave(Snapshot snapshot, Ref<VBD> vbd) {
        if (snapshot.get(vbd, VBD.CURRENTLY_ATTACHED)) {
            return true;
        }
        XenApiException error = Attachment.error(snapshot, vbd);
        if (error != null) {
            LOG.warn("VBD {}: stays unattached: {}", snapshot.get(vbd, VBD.UUID), error.getMessage());
        }
        return error == null;
    }

    /** The VBDs that could be taken for a new domain of the VM. */
    public static Set<Ref<VBD>> havable(Snapshot snapshot, Ref<VM> vm) {
        Set<Ref<VBD>> havable = new HashSet<>(snapshot.get(vm, VM.VBDS));
        havable.removeIf(vbd -> !canHave(snapshot, vbd));
        return havable;
    }

    /** The VBDs that are attached to the VM's domain. */
    static Set<Ref<VBD>> attached(Snapshot snapshot, Ref<VM> vm) {
        Set<Ref<VBD>> attached = new HashSet<>();
        for (Ref<VBD> vbd : snapshot.get(vm, VM.VBDS)) {
            if (snapshot.get(vbd, VBD.CURRENTLY_ATTACHED)) {
                attached.add(vbd);
            }
        }
        return attached;
    }
}
