package org.jxapi.vif;

import java.util.List;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.domain.GuestNics;
import org.jxapi.domain.HypervisorErrors;
import org.jxapi.guest.StaticAddresses;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.NicConfig;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.network.HostNetwork;
import org.jxapi.network.PoolNetworks;
import org.jxapi.network.VifMoves;
import org.jxapi.network.VifTuning;
import org.jxapi.operation.Claim;
import org.jxapi.operation.Operation;
import org.jxapi.operation.Operations;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VIFMessages;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;
import org.jxapi.xenapi.VifIpv6ConfigurationMode;
import org.jxapi.xenapi.VifLockingMode;
import org.jxapi.xenapi.VifOperations;

/** The messages of class VIF: network interfaces of VMs. */
public final class VifService implements VIFMessages<Call> {
    private final Store store;
    private final Hosts hosts;
    private final Operations operations;
    private final PoolNetworks networks;
    private final VifMoves moves;
    private final VifTuning tuning;
    private final VifAddresses addresses;
    private final VifLocking locking;
    private final VifTrunks trunks;

    public VifService(Store store, Hosts hosts, Operations operations, PoolNetworks networks, VifMoves moves) {
        this.store = store;
        this.hosts = hosts;
        this.operations = operations;
        this.networks = networks;
        this.moves = moves;
        this.tuning = new VifTuning(store, networks);
        this.locking = new VifLocking(store, networks);
        this.addresses = new VifAddresses(store, hosts, locking);
        this.trunks = new VifTrunks(store);
        store.addDerivation(new VifAllowedOperations());
    }

    public void bind(MessageTable<Call> table) {
        VIFMessages.bind(table, this);
        table.bindCreate(VIF.XEN_CLASS, (call, row) -> store.transact(tx -> VifCreation.create(tx, row, locking)));
        table.bindDestroy(VIF.XEN_CLASS, (call, vif) -> store.change(tx -> VifCreation.destroy(tx, vif)));
    }

    private Operation begin(Call call, Ref<VIF> vif, VifOperations what) {
        return operations.await(call, Claim.of(vif, what, tx -> VifRules.check(tx, vif, what)));
    }

    @Override
    public void plug(Call call, Ref<VIF> self) {
        try (Operation operation = begin(call, self, VifOperations.PLUG)) {
            Row<Network> network = store.snapshot().row(store.snapshot().get(self, VIF.NETWORK));
            if (!network.get(Network.MANAGED) && !network(self).exists(network.get(Network.BRIDGE))) {
                throw Errors.bridgeNotAvailable(network.get(Network.BRIDGE));
            }
            VmDomain domain = domain(self);
            domain.hypervisor().devices().add(domain.domid(), nic(self));
            new StaticAddresses(domain.hypervisor()).tellIfSet(store.snapshot().row(self), domain.domid());
            tuning.apply(store.snapshot().row(self), domain);
            operation.finish(tx -> tx.set(self, VIF.CURRENTLY_ATTACHED, true));
        } catch (HypervisorException e) {
            throw failed(self, e);
        }
    }

    @Override
    public void unplug(Call call, Ref<VIF> self) {
        try (Operation operation = begin(call, self, VifOperations.UNPLUG)) {
            VmDomain domain = domain(self);
            domain.hypervisor().devices().remove(domain.domid(), nic(self));
            operation.finish(tx -> tx.set(self, VIF.CURRENTLY_ATTACHED, false));
        } catch (HypervisorException e) {
            Snapshot now = store.snapshot();
            throw HypervisorErrors.ofUnplug(now, now.get(self, VIF.VM), "VIF", self.value(), e);
        }
    }

    /** The guest is not asked. */
    @Override
    public void unplugForce(Call call, Ref<VIF> self) {
        try (Operation operation = begin(call, self, VifOperations.UNPLUG)) {
            VmDomain domain = domain(self);
            domain.hypervisor().devices().destroy(domain.domid(), nic(self));
            operation.finish(tx -> tx.set(self, VIF.CURRENTLY_ATTACHED, false));
        } catch (HypervisorException e) {
            throw failed(self, e);
        }
    }

    private VmDomain domain(Ref<VIF> vif) {
        Snapshot snapshot = store.snapshot();
        return hosts.domain(snapshot, snapshot.get(vif, VIF.VM));
    }

    /** The network of the host that the VIF's VM is on. */
    private HostNetwork network(Ref<VIF> vif) {
        Snapshot snapshot = store.snapshot();
        return networks.of(snapshot.get(snapshot.get(vif, VIF.VM), VM.RESIDENT_ON));
    }

    private NicConfig nic(Ref<VIF> vif) {
        Snapshot snapshot = store.snapshot();
        return GuestNics.nic(snapshot, snapshot.row(vif));
    }

    private RuntimeException failed(Ref<VIF> vif, HypervisorException e) {
        Snapshot snapshot = store.snapshot();
        return HypervisorErrors.of(snapshot, snapshot.get(vif, VIF.VM), e);
    }

    @Override
    public void move(Call call, Ref<VIF> self, Ref<Network> network) {
        moves.check(self, network);
        VifTrunks.check(store.snapshot(), store.snapshot().get(self, VIF.TRUNKS), network);
        moves.move(self, network);
    }

    @Override
    public void configureIpv4(Call call, Ref<VIF> self, VifIpv4ConfigurationMode mode, String address, String gateway) {
        addresses.configure4(self, mode, address, gateway);
    }

    @Override
    public void configureIpv6(Call call, Ref<VIF> self, VifIpv6ConfigurationMode mode, String address, String gateway) {
        addresses.configure6(self, mode, address, gateway);
    }

    @Override
    public void setLockingMode(Call call, Ref<VIF> self, VifLockingMode value) {
        locking.setMode(self, value);
    }

    @Override
    public void setIpv4Allowed(Call call, Ref<VIF> self, List<String> value) {
        locking.set4(self, value);
    }

    @Override
    public void addIpv4Allowed(Call call, Ref<VIF> self, String value) {
        locking.add4(self, value);
    }

    @Override
    public void removeIpv4Allowed(Call call, Ref<VIF> self, String value) {
        locking.remove(self, VIF.IPV4_ALLOWED, value);
    }

    @Override
    public void setIpv6Allowed(Call call, Ref<VIF> self, List<String> value) {
        locking.set6(self, value);
    }

    @Override
    public void addIpv6Allowed(Call call, Ref<VIF> self, String value) {
        locking.add6(self, value);
    }

    @Override
    public void removeIpv6Allowed(Call call, Ref<VIF> self, String value) {
        locking.remove(self, VIF.IPV6_ALLOWED, value);
    }

    @Override
    public void setTrunks(Call call, Ref<VIF> self, List<Long> value) {
        trunks.set(self, value);
    }

    @Override
    public void addTrunks(Call call, Ref<VIF> self, long value) {
        trunks.add(self, value);
    }

    @Override
    public void removeTrunks(Call call, Ref<VIF> self, long value) {
        trunks.remove(self, value);
    }
}
