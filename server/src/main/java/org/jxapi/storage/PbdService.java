package org.jxapi.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.PBDMessages;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VDI;

/** The messages of class PBD: how this host reaches a storage repository. */
public final class PbdService implements PBDMessages<Call> {
    private final Store store;

    public PbdService(Store store) {
        this.store = store;
    }

    @Override
    public void plug(Call call, Ref<PBD> self) {
        String location = store.snapshot().get(self, PBD.DEVICE_CONFIG).get("location");
        if (location == null) {
            throw Errors.srBackendFailure("SRAttach", "device-config:location is missing", "");
        }
        try {
            Files.createDirectories(Path.of(location));
        } catch (IOException | java.nio.file.InvalidPathException e) {
            throw Errors.srBackendFailure("SRAttach", "cannot use " + location, "")
                    .causedBy(e);
        }
        store.change(tx -> tx.set(self, PBD.CURRENTLY_ATTACHED, true));
    }

    @Override
    public void unplug(Call call, Ref<PBD> self) {
        store.change(tx -> {
            for (Ref<VDI> vdi : tx.get(tx.get(self, PBD.SR), SR.VDIS)) {
                for (Ref<VBD> vbd : tx.get(vdi, VDI.VBDS)) {
                    if (tx.get(vbd, VBD.CURRENTLY_ATTACHED)) {
                        throw Errors.vdiInUse(vdi.value(), "unplug");
                    }
                }
            }
            tx.set(self, PBD.CURRENTLY_ATTACHED, false);
        });
    }
}
