package org.jxapi.storage;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** The checks of ocaml/xapi/xapi_vdi.ml, check_operation_error, for changed-block tracking. */
class CbtRulesTest extends OneDiskRules {
    private Ref<VBD> attach(boolean bySnapshot) {
        return store.transact(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VDI, vdi)
                .with(VBD.VM, tx.create(Row.of(VM.XEN_CLASS).with(VM.IS_A_SNAPSHOT, bySnapshot)))
                .with(VBD.MODE, VbdMode.RW)
                .with(VBD.CURRENTLY_ATTACHED, true)));
    }

    private void snapshot(boolean tracked) {
        store.change(tx -> {
            tx.set(vdi, VDI.IS_A_SNAPSHOT, true);
            tx.set(vdi, VDI.CBT_ENABLED, tracked);
        });
    }

    @Test
    void aDiskIsTrackedAlsoWhileAGuestUsesIt() {
        attach(false);
        allows(VdiOperations.ENABLE_CBT, VdiOperations.DISABLE_CBT);
        refuses(VdiOperations.LIST_CHANGED_BLOCKS, "VDI_IN_USE", vdi.value(), "list_changed_blocks");
    }

    @Test
    void changesAreListedForDisksThatOnlySnapshotsHave() {
        attach(true);
        allows(VdiOperations.LIST_CHANGED_BLOCKS);
    }

    @Test
    void onlyDisksOfUsersAndSystemsThatDoNotResetAreTracked() {
        store.change(tx -> tx.set(vdi, VDI.ON_BOOT, OnBoot.RESET));
        refuses(VdiOperations.ENABLE_CBT, "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        store.change(tx -> tx.set(vdi, VDI.TYPE, VdiType.SUSPEND));
        refuses(VdiOperations.ENABLE_CBT, "VDI_INCOMPATIBLE_TYPE", vdi.value(), "Suspend");
        snapshot(false);
        refuses(VdiOperations.DISABLE_CBT, "OPERATION_NOT_ALLOWED", "VDI is a snapshot: " + vdi.value());
        store.change(tx -> tx.set(sr, SR.TYPE, "iso"));
        refuses(VdiOperations.DISABLE_CBT, "SR_OPERATION_NOT_SUPPORTED", sr.value());
    }

    @Test
    void onlyTheDataOfTrackedSnapshotsIsDestroyed() {
        refuses(VdiOperations.DATA_DESTROY, "OPERATION_NOT_ALLOWED", "VDI is not a snapshot: " + vdi.value());
        snapshot(false);
        refuses(VdiOperations.DATA_DESTROY, "VDI_NO_CBT_METADATA", vdi.value());
        snapshot(true);
        Ref<VBD> vbd = attach(false);
        store.change(tx -> tx.set(vbd, VBD.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", VbdOperations.UNPLUG)));
        allows(VdiOperations.DATA_DESTROY);
    }

    @Test
    void aLogWithoutDataCanOnlyBeReadAndRemoved() {
        snapshot(true);
        store.change(tx -> tx.set(vdi, VDI.TYPE, VdiType.CBT_METADATA));
        for (VdiOperations operation : new VdiOperations[] {
            VdiOperations.CLONE,
            VdiOperations.COPY,
            VdiOperations.SNAPSHOT,
            VdiOperations.RESIZE,
            VdiOperations.RESIZE_ONLINE,
            VdiOperations.ENABLE_CBT,
            VdiOperations.DISABLE_CBT,
            VdiOperations.SET_ON_BOOT,
            VdiOperations.REVERT_TO
        }) {
            refuses(operation, "VDI_INCOMPATIBLE_TYPE", vdi.value(), "CBT metadata");
        }
        allows(VdiOperations.DESTROY, VdiOperations.FORGET, VdiOperations.UPDATE);
        allows(VdiOperations.DATA_DESTROY, VdiOperations.LIST_CHANGED_BLOCKS);
    }

    @Test
    void aTrackedDiskDoesNotReset() {
        store.change(tx -> tx.set(vdi, VDI.CBT_ENABLED, true));
        refuses(VdiOperations.SET_ON_BOOT, "VDI_CBT_ENABLED", vdi.value());
    }
}
