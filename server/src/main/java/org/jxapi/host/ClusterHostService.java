package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Cluster;
import org.jxapi.xenapi.ClusterHost;
import org.jxapi.xenapi.ClusterHostMessages;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.PIF;

/** The messages of class Cluster_host. Hosts have no cluster daemon. */
public final class ClusterHostService implements ClusterHostMessages<Call> {
    private final Store store;

    public ClusterHostService(Store store) {
        this.store = store;
    }

    /** XAPI's error of a call to a cluster daemon that does not run. */
    private static XenApiException noDaemon() {
        return Errors.operationNotAllowed("clustering daemon has not been started yet");
    }

    @Override
    public Ref<ClusterHost> create(Call call, Ref<Cluster> cluster, Ref<Host> host, Ref<PIF> pif) {
        Snapshot snapshot = store.snapshot();
        snapshot.require(cluster);
        snapshot.require(host);
        if (!snapshot.get(pif, PIF.HOST).equals(host)) {
            throw Errors.pifNotAttachedToHost(pif.value(), host.value());
        }
        throw noDaemon();
    }

    @Override
    public void destroy(Call call, Ref<ClusterHost> self) {
        Snapshot snapshot = store.snapshot();
        Row<ClusterHost> row = snapshot.row(self);
        if (!row.get(ClusterHost.ENABLED)) {
            throw Errors.clusteringDisabled(self.value());
        }
        if (snapshot.get(row.get(ClusterHost.CLUSTER), Cluster.CLUSTER_HOSTS).size() == 1) {
            throw Errors.clusterHostIsLast(self.value());
        }
        throw noDaemon();
    }

    @Override
    public void enable(Call call, Ref<ClusterHost> self) {
        Snapshot snapshot = store.snapshot();
        Ref<PIF> pif = snapshot.get(self, ClusterHost.PIF);
        Row<PIF> row = snapshot.row(pif);
        if (!row.get(PIF.DISALLOW_UNPLUG)) {
            throw Errors.pifAllowsUnplug(pif.value());
        }
        if (!row.get(PIF.CURRENTLY_ATTACHED)) {
            throw Errors.requiredPifIsUnplugged(pif.value());
        }
        throw noDaemon();
    }

    @Override
    public void forceDestroy(Call call, Ref<ClusterHost> self) {
        store.change(tx -> tx.destroy(self));
    }

    @Override
    public void disable(Call call, Ref<ClusterHost> self) {
        store.snapshot().require(self);
        throw noDaemon();
    }
}
