package org.jxapi.recovery;

import java.time.Clock;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.SessionStores;
import org.jxapi.local.ThisPool;
import org.jxapi.storage.DatabaseCopies;
import org.jxapi.storage.DatabaseDisk;
import org.jxapi.storage.DiskContents;
import org.jxapi.store.Store;
import org.jxapi.xenapi.SR;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.VDI;

/** Copies of databases: those that this pool keeps, and those of other pools that it reads. */
public final class DatabaseRecovery implements DatabaseCopies {
    private final Store store;
    private final DatabaseReplicas replicas;
    private final OpenDatabases opened;
    private final Consumer<Ref<VDI>> destroy;

    /** @param destroy removes a disk */
    public DatabaseRecovery(Store store, DiskContents contents, Clock clock, Consumer<Ref<VDI>> destroy) {
        this.store = store;
        this.replicas = new DatabaseReplicas(store, contents);
        this.opened = new OpenDatabases(store, contents, clock);
        this.destroy = destroy;
    }

    /** The databases of other pools that sessions read. */
    public SessionStores sessions() {
        return opened;
    }

    /** Brings the copies up to date, and frees those that no session reads any more; called every few seconds. */
    public void look() {
        replicas.look();
        opened.forgetEnded();
    }

    @Override
    public void enable(Call call, Ref<SR> sr) {
        replicas.enable(call, sr);
    }

    @Override
    public void disable(Call call, Ref<SR> sr) {
        replicas.disable(sr, destroy);
    }

    @Override
    public Ref<Session> open(Call call, Ref<VDI> vdi) {
        return opened.open(call, vdi);
    }

    /** As in XAPI, only for the copy of another pool's database. */
    @Override
    public String poolUuid(Call call, Ref<VDI> vdi) {
        boolean own = store.snapshot().get(vdi, VDI.METADATA_OF_POOL).equals(ThisPool.ref(store.snapshot()));
        return own ? "" : opened.head(call, vdi).map(DatabaseDisk::pool).orElse("");
    }
}
