package org.jxapi.network;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Ipv6ConfigurationMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PIFMessages;
import org.jxapi.xenapi.PrimaryAddressType;

/** The messages of class PIF. */
public final class PifService implements PIFMessages<Call> {
    private final Store store;
    private final Pifs pifs;
    private final Vlans vlans;
    private final PifAddresses addresses;

    public PifService(Store store, Pifs pifs, Vlans vlans, PifAddresses addresses) {
        this.store = store;
        this.pifs = pifs;
        this.vlans = vlans;
        this.addresses = addresses;
    }

    @Override
    public Ref<PIF> createVLAN(Call call, String device, Ref<Network> network, Ref<Host> host, long vlan) {
        return vlans.create(host, device, vlan, network);
    }

    @Override
    public void destroy(Call call, Ref<PIF> self) {
        Row<PIF> pif = store.snapshot().row(self);
        if (pif.get(PIF.VLAN) < 0) {
            throw Errors.pifIsPhysical();
        }
        vlans.destroy(pif.get(PIF.VLAN_MASTER_OF));
    }

    @Override
    public void scan(Call call, Ref<Host> host) {
        pifs.scan(host);
    }

    @Override
    public Ref<PIF> introduce(Call call, Ref<Host> host, String mac, String device, boolean managed) {
        return pifs.introduce(host, mac, device, managed);
    }

    @Override
    public void forget(Call call, Ref<PIF> self) {
        pifs.forget(self);
    }

    @Override
    public void plug(Call call, Ref<PIF> self) {
        pifs.plug(self);
    }

    @Override
    public void unplug(Call call, Ref<PIF> self) {
        pifs.unplug(self);
    }

    @Override
    public void setDisallowUnplug(Call call, Ref<PIF> self, boolean value) {
        store.change(tx -> tx.set(self, PIF.DISALLOW_UNPLUG, value));
    }

    @Override
    public void setPrimaryAddressType(Call call, Ref<PIF> self, PrimaryAddressType primaryAddressType) {
        store.change(tx -> {
            Pifs.refuseManagement(tx.row(self), self);
            tx.set(self, PIF.PRIMARY_ADDRESS_TYPE, primaryAddressType);
        });
    }

    @Override
    public void setProperty(Call call, Ref<PIF> self, String name, String value) {
        pifs.setProperty(self, name, value);
    }

    @Override
    public Ref<PIF> dbIntroduce(Call call, Row<PIF> given) {
        return store.transact(tx -> PifRecords.introduce(tx, given));
    }

    @Override
    public Ref<PIF> poolIntroduce(Call call, Row<PIF> given) {
        return store.transact(tx -> PifRecords.introduce(tx, given));
    }

    @Override
    public void dbForget(Call call, Ref<PIF> self) {
        store.change(tx -> PifRecords.forget(tx, self));
    }

    @Override
    public void reconfigureIp(
            Call call, Ref<PIF> self, IpConfigurationMode mode, String ip, String netmask, String gateway, String dns) {
        addresses.configure4(self, mode, ip, netmask, gateway, dns);
    }

    @Override
    public void reconfigureIpv6(
            Call call, Ref<PIF> self, Ipv6ConfigurationMode mode, String address, String gateway, String dns) {
        addresses.configure6(self, mode, address, gateway, dns);
    }
}
