package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.jxapi.harness.XenApiErrors.assertRefused;

import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.StoreTest;
import org.jxapi.harness.XenApiErrors;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VbdOperations;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VmPowerState;

/** The checks of ocaml/xapi/xapi_vbd_helpers.ml, valid_operations, that decide on attach. */
class AttachmentTest extends StoreTest {
    private Ref<VDI> vdi;
    private Ref<VBD> vbd;

    @BeforeEach
    void create() {
        vdi = store.transact(tx -> tx.create(Row.of(VDI.XEN_CLASS).with(VDI.MANAGED, true)));
        vbd = vbd(VbdMode.RW, VmPowerState.HALTED);
    }

    private Ref<VBD> vbd(VbdMode mode, VmPowerState state) {
        return store.transact(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VDI, vdi)
                .with(VBD.VM, tx.create(Row.of(VM.XEN_CLASS).with(VM.POWER_STATE, state)))
                .with(VBD.MODE, mode)));
    }

    private Ref<VBD> attached(VbdMode mode) {
        Ref<VBD> other = vbd(mode, VmPowerState.RUNNING);
        store.change(tx -> tx.set(other, VBD.CURRENTLY_ATTACHED, true));
        return other;
    }

    private void allows() {
        assertThatCode(() -> Attachment.check(store.snapshot(), vbd)).doesNotThrowAnyException();
    }

    private void refuses(String code, String... params) {
        assertRefused(() -> Attachment.check(store.snapshot(), vbd), code, params);
    }

    @Test
    void anIdleDiskGoesToItsVm() {
        allows();
        vbd(VbdMode.RW, VmPowerState.RUNNING);
        allows();
    }

    /** Everything is wrong first. Each step puts one thing right. */
    @Test
    void errorsComeInTheOrderOfXapi() {
        Ref<VBD> other = attached(VbdMode.RW);
        store.change(tx -> {
            tx.set(vbd, VBD.CURRENT_OPERATIONS, Map.of("OpaqueRef:one", VbdOperations.ATTACH));
            tx.set(vdi, VDI.MANAGED, false);
            tx.set(vdi, VDI.CURRENT_OPERATIONS, Map.of("OpaqueRef:two", VdiOperations.RESIZE));
            tx.set(vdi, VDI.READ_ONLY, true);
        });
        refuses("OTHER_OPERATION_IN_PROGRESS", "VBD", vbd.value(), "attach", "OpaqueRef:one");
        store.change(tx -> tx.set(vbd, VBD.CURRENT_OPERATIONS, Map.of()));
        refuses("VDI_NOT_MANAGED", vbd.value());
        store.change(tx -> tx.set(vdi, VDI.MANAGED, true));
        refuses("OTHER_OPERATION_IN_PROGRESS", "VDI", vdi.value(), "resize", "OpaqueRef:two");
        store.change(tx -> tx.set(vdi, VDI.CURRENT_OPERATIONS, Map.of()));
        refuses("VDI_IN_USE", vdi.value());
        store.change(tx -> tx.set(other, VBD.CURRENTLY_ATTACHED, false));
        refuses("VDI_READONLY", vdi.value());
        store.change(tx -> tx.set(vbd, VBD.MODE, VbdMode.RO));
        allows();
    }

    @Test
    void aDiskThatIsGoneIsAnInvalidReference() {
        Ref<VDI> gone = VDI.XEN_CLASS.ref("OpaqueRef:gone");
        store.change(tx -> tx.set(vbd, VBD.VDI, gone));
        refuses("HANDLE_INVALID", "VDI", gone.value());
    }

    @Test
    void anEmptyDriveAsksForNoDisk() {
        store.change(tx -> {
            tx.set(vbd, VBD.EMPTY, true);
            tx.set(vbd, VBD.VDI, VDI.XEN_CLASS.ref("OpaqueRef:NULL"));
        });
        allows();
    }

    @Test
    void aDiskThatIsCopiedOrMirroredCanBeAttached() {
        store.change(tx -> tx.set(
                vdi,
                VDI.CURRENT_OPERATIONS,
                Map.of("OpaqueRef:one", VdiOperations.COPY, "OpaqueRef:two", VdiOperations.MIRROR)));
        allows();
    }

    @Test
    void readersShareADiskAndAWriterHasItAlone() {
        attached(VbdMode.RO);
        refuses("VDI_IN_USE", vdi.value());
        store.change(tx -> tx.set(vbd, VBD.MODE, VbdMode.RO));
        allows();
        attached(VbdMode.RW);
        refuses("VDI_IN_USE", vdi.value());
        store.change(tx -> tx.set(vdi, VDI.SHARABLE, true));
        allows();
        store.change(tx -> tx.set(vbd, VBD.MODE, VbdMode.RW));
        allows();
    }

    @Test
    void aVbdUsesItsDiskFromTheBeginningOfAnOperationOrAReservation() {
        Ref<VBD> other = vbd(VbdMode.RW, VmPowerState.HALTED);
        store.change(tx -> tx.set(other, VBD.CURRENT_OPERATIONS, Map.of("OpaqueRef:one", VbdOperations.ATTACH)));
        refuses("VDI_IN_USE", vdi.value());
        store.change(tx -> {
            tx.set(other, VBD.CURRENT_OPERATIONS, Map.of());
            tx.set(other, VBD.RESERVED, true);
        });
        refuses("VDI_IN_USE", vdi.value());
    }

    @Test
    void aSuspendedVmLeavesItsDisksToOthers() {
        Ref<VBD> other = attached(VbdMode.RW);
        Ref<VM> sleeper = store.snapshot().get(other, VBD.VM);
        store.change(tx -> tx.set(sleeper, VM.POWER_STATE, VmPowerState.SUSPENDED));
        allows();
        attached(VbdMode.RW);
        XenApiErrors.assertError(Attachment.sharing(store.snapshot(), other), "VDI_IN_USE", vdi.value());
    }

    @Test
    void aVbdThatIsAttachedHasItsDisk() {
        attached(VbdMode.RW);
        store.change(tx -> tx.set(vbd, VBD.CURRENTLY_ATTACHED, true));
        assertThat(Attachment.sharing(store.snapshot(), vbd)).isNull();
    }
}
