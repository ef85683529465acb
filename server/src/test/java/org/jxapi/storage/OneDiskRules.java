package org.jxapi.storage;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.RulesTest;
import org.jxapi.volume.TestDrivers;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VDI;
import org.jxapi.xenapi.VdiOperations;
import org.jxapi.xenapi.VdiType;

/** Tests of the rules of disks, on a disk in a plugged repository. */
abstract class OneDiskRules extends RulesTest<VdiOperations> {
    Ref<SR> sr;
    Ref<PBD> pbd;
    Ref<VDI> vdi;

    @BeforeEach
    void create() {
        store.change(tx -> {
            sr = tx.create(Row.of(SR.XEN_CLASS).with(SR.TYPE, "file"));
            pbd = tx.create(Row.of(PBD.XEN_CLASS).with(PBD.SR, sr).with(PBD.CURRENTLY_ATTACHED, true));
            new Drivers(List.of(TestDrivers.file(), TestDrivers.iso(), TestDrivers.lvm())).publish(tx);
            vdi = tx.create(Row.of(VDI.XEN_CLASS)
                    .with(VDI.SR, sr)
                    .with(VDI.TYPE, VdiType.USER)
                    .with(VDI.MANAGED, true));
        });
    }

    @Override
    protected void check(VdiOperations operation) {
        VdiRules.check(store.snapshot(), vdi, operation);
    }
}
