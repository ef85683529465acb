package org.jxapi.storage;

import java.time.Clock;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.operation.Operations;
import org.jxapi.store.Store;

/** Storage repositories and their disks: the classes SR, PBD, VDI and SM. */
public final class Storage {
    private final Disks disks;
    private final VdiService vdis;
    private final SrService srs;
    private final PbdService pbds;

    public Storage(Store store, Operations operations, Hypervisor hypervisor, Clock clock) {
        this.disks = new Disks(store, operations, hypervisor, clock);
        Pbds life = new Pbds(store, operations, disks);
        this.vdis = new VdiService(store, disks, operations);
        this.srs = new SrService(store, disks, new Repositories(store, operations, disks, life));
        this.pbds = new PbdService(life);
    }

    public Disks disks() {
        return disks;
    }

    public void bind(MessageTable<Call> table) {
        vdis.bind(table);
        srs.bind(table);
        pbds.bind(table);
    }

    /** Publishes what this host offers, and makes files and rows agree where the last run was stopped midway. */
    public void start() {
        disks.start();
    }
}
