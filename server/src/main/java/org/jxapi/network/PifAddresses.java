package org.jxapi.network;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Ipv6ConfigurationMode;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PrimaryAddressType;

/** The addresses of the host's interfaces. On a real host they are the administrator's, and are not changed. */
public final class PifAddresses {
    private final Store store;
    private final PoolNetworks hosts;

    public PifAddresses(Store store, PoolNetworks hosts) {
        this.store = store;
        this.hosts = hosts;
    }

    void configure4(Ref<PIF> pif, IpConfigurationMode mode, String ip, String netmask, String gateway, String dns) {
        Row<PIF> row = usable(pif);
        boolean fixed = mode == IpConfigurationMode.STATIC;
        check("IP", ip, fixed, IpAddresses::ipv4);
        check("netmask", netmask, fixed, IpAddresses::ipv4);
        check("gateway", gateway, false, IpAddresses::ipv4);
        if (row.get(PIF.MANAGEMENT)
                && mode == IpConfigurationMode.NONE
                && row.get(PIF.PRIMARY_ADDRESS_TYPE) == PrimaryAddressType.IPV4) {
            throw Errors.pifIsManagementInterface(pif.value());
        }
        refuseRealHost(row, "PIF.reconfigure_ip");
        store.change(tx -> {
            tx.set(pif, PIF.IP_CONFIGURATION_MODE, mode);
            tx.set(pif, PIF.IP, ip);
            tx.set(pif, PIF.NETMASK, netmask);
            tx.set(pif, PIF.GATEWAY, gateway);
            tx.set(pif, PIF.DNS, servers(dns, tx.get(pif, PIF.DNS), IpAddresses::ipv4));
            if (row.get(PIF.MANAGEMENT) && !ip.isEmpty()) {
                tx.set(row.get(PIF.HOST), Host.ADDRESS, ip);
            }
        });
    }

    void configure6(Ref<PIF> pif, Ipv6ConfigurationMode mode, String address, String gateway, String dns) {
        Row<PIF> row = usable(pif);
        boolean fixed = mode == Ipv6ConfigurationMode.STATIC;
        if (fixed && !IpAddresses.cidr6(address)) {
            throw Errors.invalidCidrAddressSpecified("IPv6");
        }
        check("gateway", gateway, false, IpAddresses::ipv6);
        if (row.get(PIF.MANAGEMENT)
                && mode == Ipv6ConfigurationMode.NONE
                && row.get(PIF.PRIMARY_ADDRESS_TYPE) == PrimaryAddressType.IPV6) {
            throw Errors.pifIsManagementInterface(pif.value());
        }
        refuseRealHost(row, "PIF.reconfigure_ipv6");
        store.change(tx -> {
            tx.set(pif, PIF.IPV6_CONFIGURATION_MODE, mode);
            tx.set(pif, PIF.IPV6, address.isEmpty() ? List.of() : List.of(address));
            tx.set(pif, PIF.IPV6_GATEWAY, gateway);
            tx.set(pif, PIF.DNS, servers(dns, tx.get(pif, PIF.DNS), IpAddresses::ipv6));
        });
    }

    private Row<PIF> usable(Ref<PIF> pif) {
        Row<PIF> row = store.snapshot().row(pif);
        if (!row.get(PIF.MANAGED)) {
            throw Errors.pifUnmanaged(pif.value());
        }
        return row;
    }

    private static void check(String name, String value, boolean needed, Predicate<String> valid) {
        if ((needed || !value.isEmpty()) && !valid.test(value)) {
            throw Errors.invalidIpAddressSpecified(name);
        }
    }

    /** A change of the address that clients use may lock all of them out. */
    private void refuseRealHost(Row<PIF> pif, String message) {
        if (!hosts.of(pif.get(PIF.HOST)).configures()) {
            throw Errors.notImplemented(message);
        }
    }

    /** New servers of one family, and those of the other that were there. */
    private static String servers(String given, String before, Predicate<String> family) {
        List<String> all = new ArrayList<>();
        for (String server : given.split(",")) {
            if (family.test(server.strip())) {
                all.add(server.strip());
            }
        }
        for (String server : before.split(",")) {
            if (!server.isEmpty() && !family.test(server)) {
                all.add(server);
            }
        }
        return String.join(",", all);
    }
}
