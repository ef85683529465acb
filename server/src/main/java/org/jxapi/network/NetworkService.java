package org.jxapi.network;

import org.jxapi.blob.BlobService;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Blob;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkDefaultLockingMode;
import org.jxapi.xenapi.NetworkMessages;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;

/** The messages of class network. */
public final class NetworkService implements NetworkMessages<Call> {
    private final Store store;
    private final Networks networks;

    public NetworkService(Store store, Networks networks) {
        this.store = store;
        this.networks = networks;
    }

    public void bind(MessageTable<Call> table) {
        NetworkMessages.bind(table, this);
        table.bindCreate(Network.XEN_CLASS, (call, row) -> networks.create(row));
        table.bindDestroy(Network.XEN_CLASS, (call, network) -> networks.destroy(network));
    }

    @Override
    public void addPurpose(Call call, Ref<Network> self, NetworkPurpose value) {
        networks.addPurpose(self, value);
    }

    @Override
    public void removePurpose(Call call, Ref<Network> self, NetworkPurpose value) {
        networks.removePurpose(self, value);
    }

    @Override
    public void setDefaultLockingMode(Call call, Ref<Network> network, NetworkDefaultLockingMode value) {
        networks.setDefaultLockingMode(network, value);
    }

    @Override
    public void attach(Call call, Ref<Network> network, Ref<Host> host) {
        store.snapshot().require(host);
        networks.raise(host, store.snapshot().row(network));
    }

    @Override
    public void attachForVm(Call call, Ref<Host> host, Ref<VM> vm) {
        Snapshot snapshot = store.snapshot();
        snapshot.require(host);
        for (Ref<VIF> vif : snapshot.get(vm, VM.VIFS)) {
            networks.raise(host, snapshot.row(snapshot.get(vif, VIF.NETWORK)));
        }
    }

    /** Bridges stay until their networks are destroyed. */
    @Override
    public void detachForVm(Call call, Ref<Host> host, Ref<VM> vm) {
        store.snapshot().require(host);
        store.snapshot().require(vm);
    }

    @Override
    public Ref<Blob> createNewBlob(Call call, Ref<Network> network, String name, String mimeType, boolean open) {
        return BlobService.attach(store, network, Network.BLOBS, name, mimeType, open);
    }
}
