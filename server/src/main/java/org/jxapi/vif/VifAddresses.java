package org.jxapi.vif;

import java.util.List;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.guest.StaticAddresses;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.local.Hosts;
import org.jxapi.local.VmDomain;
import org.jxapi.network.IpAddresses;
import org.jxapi.network.VifMoves;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;
import org.jxapi.xenapi.VifIpv6ConfigurationMode;

/** IP settings that guests take from the host, through their agents. */
final class VifAddresses {
    private static final String FEATURE = "feature-static-ip-setting";

    private final Store store;
    private final Hosts hosts;
    private final VifLocking locking;

    VifAddresses(Store store, Hosts hosts, VifLocking locking) {
        this.store = store;
        this.hosts = hosts;
        this.locking = locking;
    }

    void configure4(Ref<VIF> vif, VifIpv4ConfigurationMode mode, String address, String gateway) {
        if (mode == VifIpv4ConfigurationMode.STATIC) {
            checkCidr(IpAddresses.cidr4(address));
            locking.checkAddress(vif, VIF.IPV4_ALLOWED, address);
            checkGateway(IpAddresses.ipv4(gateway), gateway);
        }
        requireFeature(vif);
        store.change(tx -> {
            tx.set(vif, VIF.IPV4_CONFIGURATION_MODE, mode);
            tx.set(vif, VIF.IPV4_ADDRESSES, List.of(address));
            tx.set(vif, VIF.IPV4_GATEWAY, gateway);
        });
        tell(vif);
    }

    void configure6(Ref<VIF> vif, VifIpv6ConfigurationMode mode, String address, String gateway) {
        if (mode == VifIpv6ConfigurationMode.STATIC) {
            checkCidr(IpAddresses.cidr6(address));
            locking.checkAddress(vif, VIF.IPV6_ALLOWED, address);
            checkGateway(IpAddresses.ipv6(gateway), gateway);
        }
        requireFeature(vif);
        store.change(tx -> {
            tx.set(vif, VIF.IPV6_CONFIGURATION_MODE, mode);
            tx.set(vif, VIF.IPV6_ADDRESSES, List.of(address));
            tx.set(vif, VIF.IPV6_GATEWAY, gateway);
        });
        tell(vif);
    }

    private static void checkCidr(boolean valid) {
        if (!valid) {
            throw Errors.invalidCidrAddressSpecified("address");
        }
    }

    private static void checkGateway(boolean valid, String gateway) {
        if (!gateway.isEmpty() && !valid) {
            throw Errors.invalidIpAddressSpecified("gateway");
        }
    }

    private void requireFeature(Ref<VIF> vif) {
        Snapshot snapshot = store.snapshot();
        Ref<VM> vm = snapshot.get(vif, VIF.VM);
        boolean offered = snapshot.find(snapshot.get(vm, VM.GUEST_METRICS))
                .map(guest -> "1".equals(guest.row().get(VMGuestMetrics.OTHER).get(FEATURE)))
                .orElse(false);
        if (!offered) {
            throw Errors.vmLacksFeature(vm.value());
        }
    }

    /** Writes the settings where the guest's agent looks for them. */
    private void tell(Ref<VIF> ref) {
        Snapshot snapshot = store.snapshot();
        if (!VifMoves.active(snapshot, ref)) {
            return;
        }
        Row<VIF> vif = snapshot.row(ref);
        VmDomain domain = hosts.domain(snapshot, vif.get(VIF.VM));
        try {
            new StaticAddresses(domain.hypervisor()).tell(vif, domain.domid());
        } catch (HypervisorException e) {
            throw Errors.internalError("xenopsd error: " + e.getMessage()).causedBy(e);
        }
    }
}
