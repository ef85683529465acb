package org.jxapi.vif;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.network.IpAddresses;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMGuestMetrics;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;
import org.jxapi.xenapi.VifIpv6ConfigurationMode;
import org.jxapi.xenapi.VmPowerState;

/** IP settings that guests take from the host, through their agents. */
final class VifAddresses {
    private static final String FEATURE = "feature-static-ip-setting";

    private final Store store;
    private final Hypervisor hypervisor;

    VifAddresses(Store store, Hypervisor hypervisor) {
        this.store = store;
        this.hypervisor = hypervisor;
    }

    /** Whether a domain has the device now. */
    static boolean active(Snapshot snapshot, Ref<VIF> vif) {
        return snapshot.get(vif, VIF.CURRENTLY_ATTACHED)
                && snapshot.get(snapshot.get(vif, VIF.VM), VM.POWER_STATE) != VmPowerState.SUSPENDED;
    }

    void configure4(Ref<VIF> vif, VifIpv4ConfigurationMode mode, String address, String gateway) {
        if (mode == VifIpv4ConfigurationMode.STATIC) {
            check(IpAddresses.cidr4(address), IpAddresses.ipv4(gateway), gateway);
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
            check(IpAddresses.cidr6(address), IpAddresses.ipv6(gateway), gateway);
        }
        requireFeature(vif);
        store.change(tx -> {
            tx.set(vif, VIF.IPV6_CONFIGURATION_MODE, mode);
            tx.set(vif, VIF.IPV6_ADDRESSES, List.of(address));
            tx.set(vif, VIF.IPV6_GATEWAY, gateway);
        });
        tell(vif);
    }

    private static void check(boolean addressValid, boolean gatewayValid, String gateway) {
        if (!addressValid) {
            throw Errors.invalidCidrAddressSpecified("address");
        }
        if (!gateway.isEmpty() && !gatewayValid) {
            throw Errors.invalidIpAddressSpecified("gateway");
        }
    }

    private void requireFeature(Ref<VIF> vif) {
        Snapshot snapshot = store.snapshot();
        Ref<VM> vm = snapshot.get(vif, VIF.VM);
        boolean offered = snapshot.find(VMGuestMetrics.XEN_CLASS, snapshot.get(vm, VM.GUEST_METRICS))
                .map(guest -> "1".equals(guest.row().get(VMGuestMetrics.OTHER).get(FEATURE)))
                .orElse(false);
        if (!offered) {
            throw Errors.vmLacksFeature(vm.value());
        }
    }

    /** Writes the settings where the guest's agent looks for them. */
    private void tell(Ref<VIF> ref) {
        Snapshot snapshot = store.snapshot();
        if (!active(snapshot, ref)) {
            return;
        }
        Row vif = snapshot.row(VIF.XEN_CLASS, ref);
        int domid = (int) (long) snapshot.get(vif.get(VIF.VM), VM.DOMID);
        String path =
                Xenstore.domainPath(domid) + "/xenserver/device/vif/" + vif.get(VIF.DEVICE) + "/static-ip-setting/";
        Map<String, String> values = new LinkedHashMap<>();
        settings(vif).forEach((key, value) -> values.put(path + key, value));
        try {
            hypervisor.xenstore().writeAll(values);
        } catch (HypervisorException e) {
            throw Errors.internalError("xenopsd error: " + e.getMessage()).causedBy(e);
        }
    }

    private static Map<String, String> settings(Row vif) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("mac", vif.get(VIF.MAC));
        values.put("error-code", "0");
        values.put("error-msg", "");
        switch (vif.get(VIF.IPV4_CONFIGURATION_MODE)) {
            case NONE -> values.put("enabled", "0");
            case DHCP -> values.put("enabled", "2");
            case STATIC -> put(values, "", vif.get(VIF.IPV4_ADDRESSES), vif.get(VIF.IPV4_GATEWAY));
        }
        switch (vif.get(VIF.IPV6_CONFIGURATION_MODE)) {
            case NONE -> values.put("enabled6", "0");
            case AUTOCONF -> values.put("enabled6", "2");
            case STATIC -> put(values, "6", vif.get(VIF.IPV6_ADDRESSES), vif.get(VIF.IPV6_GATEWAY));
        }
        return values;
    }

    private static void put(Map<String, String> values, String suffix, List<String> addresses, String gateway) {
        values.put("enabled" + suffix, "1");
        values.put("address" + suffix, addresses.get(0));
        if (!gateway.isEmpty()) {
            values.put("gateway" + suffix, gateway);
        }
    }
}
