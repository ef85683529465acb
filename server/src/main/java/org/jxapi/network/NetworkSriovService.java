package org.jxapi.network;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkSriov;
import org.jxapi.xenapi.NetworkSriovMessages;
import org.jxapi.xenapi.PCI;
import org.jxapi.xenapi.PIF;

/** The messages of class network_sriov. Objects come with a database from elsewhere only. */
public final class NetworkSriovService implements NetworkSriovMessages<Call> {
    /** XAPI's name of the feature. */
    private static final String FEATURE = "Network_sriov";

    private final Store store;
    private final Pifs pifs;

    public NetworkSriovService(Store store, Pifs pifs) {
        this.store = store;
        this.pifs = pifs;
    }

    /** LICENCE_RESTRICTION, as from a XAPI without the feature. */
    @Override
    public Ref<NetworkSriov> create(Call call, Ref<PIF> pif, Ref<Network> network) {
        store.snapshot().require(pif);
        throw Errors.licenceRestriction(FEATURE);
    }

    @Override
    public void destroy(Call call, Ref<NetworkSriov> self) {
        Snapshot snapshot = store.snapshot();
        Ref<PIF> logical = snapshot.get(self, NetworkSriov.LOGICAL_PIF);
        if (!snapshot.get(logical, PIF.VLAN_SLAVE_OF).isEmpty()) {
            throw Errors.pifVlanStillExists(logical.value());
        }
        pifs.unplug(logical);
        store.change(tx -> {
            tx.destroy(logical);
            tx.destroy(self);
        });
    }

    /** The virtual functions of its interface that no VM has. */
    @Override
    public long getRemainingCapacity(Call call, Ref<NetworkSriov> self) {
        Snapshot snapshot = store.snapshot();
        Ref<PIF> physical = snapshot.get(self, NetworkSriov.PHYSICAL_PIF);
        return snapshot.get(snapshot.get(physical, PIF.PCI), PCI.VIRTUAL_FUNCTIONS).stream()
                .filter(function -> idle(snapshot.row(function)))
                .count();
    }

    private static boolean idle(Row<PCI> function) {
        return function.get(PCI.ATTACHED_VMS).isEmpty()
                && function.get(PCI.SCHEDULED_TO_BE_ATTACHED_TO).isNull();
    }
}
