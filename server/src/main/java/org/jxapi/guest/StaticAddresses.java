package org.jxapi.guest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.VIF;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VifIpv4ConfigurationMode;
import org.jxapi.xenapi.VifIpv6ConfigurationMode;

/** Writes the IP settings of interfaces where guests' agents look for them: in xenstore, as XAPI does. */
public final class StaticAddresses {
    private final Hypervisor hypervisor;

    public StaticAddresses(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    /** Gives a guest that is about to run the configuration of its interfaces, if there is one. */
    public void tellAll(Snapshot snapshot, Ref<VM> vm, int domid) throws HypervisorException {
        for (Ref<VIF> ref : snapshot.get(vm, VM.VIFS)) {
            Row<VIF> vif = snapshot.row(ref);
            tellIfSet(vif, domid);
        }
    }

    /** Gives a guest the configuration of a new interface, if there is one. */
    public void tellIfSet(Row<VIF> vif, int domid) throws HypervisorException {
        if (vif.get(VIF.IPV4_CONFIGURATION_MODE) != VifIpv4ConfigurationMode.NONE
                || vif.get(VIF.IPV6_CONFIGURATION_MODE) != VifIpv6ConfigurationMode.NONE) {
            tell(vif, domid);
        }
    }

    public void tell(Row<VIF> vif, int domid) throws HypervisorException {
        String path = Xenstore.domainPath(domid) + "/xenserver/device/vif/" + vif.get(VIF.DEVICE);
        Map<String, String> values = new LinkedHashMap<>();
        settings(vif).forEach((key, value) -> values.put(path + "/static-ip-setting/" + key, value));
        // The agent writes here what has come of it.
        GuestNodes.give(hypervisor.xenstore(), domid, path);
        hypervisor.xenstore().writeAll(values);
    }

    private static Map<String, String> settings(Row<VIF> vif) {
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
