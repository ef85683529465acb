package org.jxapi.storage;

import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.DRTask;
import org.jxapi.xenapi.DRTaskMessages;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.PBD;
import org.jxapi.xenapi.SR;

/** The messages of class DR_task. Objects come with a database from elsewhere only. */
public final class DrTaskService implements DRTaskMessages<Call> {
    private final Store store;
    private final Pbds pbds;
    private final Srs srs;

    public DrTaskService(Store store, Pbds pbds, Srs srs) {
        this.store = store;
        this.pbds = pbds;
        this.srs = srs;
    }

    /** LICENCE_RESTRICTION, as from a XAPI without the feature. */
    @Override
    public Ref<DRTask> create(Call call, String type, Map<String, String> deviceConfig, List<String> whitelist) {
        throw Errors.licenceRestriction("DR");
    }

    /** Forgets the repositories that it has introduced. */
    @Override
    public void destroy(Call call, Ref<DRTask> self) {
        Snapshot snapshot = store.snapshot();
        for (Ref<SR> sr : List.copyOf(snapshot.get(self, DRTask.INTRODUCED_SRS))) {
            for (Ref<PBD> pbd : snapshot.get(sr, SR.PBDS)) {
                pbds.unplug(call.part(), pbd);
            }
            srs.forget(call.part(), sr);
        }
        store.change(tx -> tx.destroy(self));
    }
}
