package org.jxapi.storage;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.SRMessages;

/** The messages of class SR. */
public final class SrService implements SRMessages<Call> {
    private final Disks disks;

    public SrService(Disks disks) {
        this.disks = disks;
    }

    @Override
    public void scan(Call call, Ref<SR> sr) {
        disks.scan(sr);
    }

    @Override
    public List<String> getSupportedTypes(Call call) {
        return List.of("file", "iso");
    }
}
