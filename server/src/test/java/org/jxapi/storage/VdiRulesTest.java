package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.harness.XenApiErrors;
import org.jxapi.xenapi.OnBoot;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.StorageOperations;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VbdMode;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** The checks of ocaml/xapi/xapi_vdi.ml, check_operation_error. */
class VdiRulesTest extends OneDiskRules {
    private void used(VbdMode mode) {
        store.change(tx -> tx.create(Row.of(VBD.XEN_CLASS)
                .with(VBD.VDI, vdi)
                .with(VBD.VM, tx.create(Row.of(VM.XEN_CLASS)))
                .with(VBD.MODE, mode)
                .with(VBD.CURRENTLY_ATTACHED, true)));
    }

    @Test
    void anIdleDiskAllowsAllThatItsDriverCan() {
        allows(VdiOperations.COPY, VdiOperations.CLONE, VdiOperations.SNAPSHOT, VdiOperations.RESIZE);
        allows(VdiOperations.DESTROY, VdiOperations.FORGET);
        allows(VdiOperations.MIRROR);
        refuses(VdiOperations.REVERT_TO, "ONLY_REVERT_SNAPSHOT");
    }

    @Test
    void aDiskInUseIsNeitherRemovedNorResized() {
        used(VbdMode.RO);
        refuses(VdiOperations.DESTROY, "VDI_IN_USE", vdi.value(), "destroy");
        refuses(VdiOperations.RESIZE, "VDI_IN_USE", vdi.value(), "resize");
        allows(VdiOperations.COPY, VdiOperations.SNAPSHOT, VdiOperations.CLONE);
        used(VbdMode.RW);
        refuses(VdiOperations.COPY, "VDI_IN_USE", vdi.value(), "copy");
    }

    @Test
    void onlyCopiesGoTogether() {
        store.change(tx -> tx.set(vdi, VDI.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", VdiOperations.RESIZE)));
        refuses(VdiOperations.DESTROY, "OTHER_OPERATION_IN_PROGRESS", "VDI", vdi.value(), "resize", "OpaqueRef:task");
        store.change(tx -> tx.set(vdi, VDI.CURRENT_OPERATIONS, Map.of("OpaqueRef:task", VdiOperations.COPY)));
        allows(VdiOperations.COPY);
        refuses(VdiOperations.SNAPSHOT, "OPERATION_NOT_ALLOWED", "Snapshot operation not allowed during copy.");
    }

    @Test
    void theKindOfDiskDecides() {
        store.change(tx -> tx.set(vdi, VDI.SHARABLE, true));
        refuses(VdiOperations.SNAPSHOT, "VDI_IS_SHARABLE", vdi.value());
        store.change(tx -> tx.set(vdi, VDI.ON_BOOT, OnBoot.RESET));
        refuses(VdiOperations.COPY, "VDI_ON_BOOT_MODE_INCOMPATIBLE_WITH_OPERATION");
        store.change(tx -> tx.set(vdi, VDI.TYPE, VdiType.RRD));
        refuses(VdiOperations.DESTROY, "VDI_HAS_RRDS", vdi.value());
        refuses(VdiOperations.FORGET, "VDI_HAS_RRDS", vdi.value());
    }

    @Test
    void changesInAVolumeGroupAreTrackedHoweverItKeepsDisks() {
        store.change(tx -> tx.set(sr, SR.TYPE, "lvm"));
        for (Map<String, String> kept :
                List.of(Map.<String, String>of(), Map.of("allocation", "thin"), Map.of("allocation", "thick"))) {
            store.change(tx -> tx.set(sr, SR.SM_CONFIG, kept));
            allows(VdiOperations.ENABLE_CBT, VdiOperations.MIRROR);
        }
    }

    @Test
    void aRepositoryIsOnlyForgottenUnplugged() {
        XenApiErrors.assertRefused(
                () -> SrRules.check(store.snapshot(), sr, StorageOperations.FORGET), "SR_HAS_PBD", sr.value());
        store.change(tx -> tx.set(pbd, PBD.CURRENTLY_ATTACHED, false));
        assertThatCode(() -> SrRules.check(store.snapshot(), sr, StorageOperations.FORGET))
                .doesNotThrowAnyException();
        // xapi_sr_operations.ml: a repository with disks is not destroyed.
        XenApiErrors.assertRefused(
                () -> SrRules.check(store.snapshot(), sr, StorageOperations.DESTROY), "SR_NOT_EMPTY");
        refuses(VdiOperations.RESIZE, "SR_HAS_NO_PBDS", sr.value());
    }

    @Test
    void sizesAreWholeMiB() {
        assertThat(DiskRules.rounded(0)).isEqualTo(1L << 20);
        assertThat(DiskRules.rounded((1L << 20) + 1)).isEqualTo(2L << 20);
        assertThatThrownBy(() -> DiskRules.rounded(-1)).isInstanceOf(XenApiException.class);
    }
}
