package org.jxapi.boot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Bond;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.PIF;

/** The addresses of a simulated host are nowhere but in its PIFs: what clients have set there holds from then on. */
public final class SimulatedAddresses {
    private SimulatedAddresses() {}

    /**
     * The facts with the addresses that the PIFs have.
     *
     * @param host the host; none before its first start
     */
    public static HostFacts kept(Snapshot snapshot, Optional<Ref<Host>> host, HostFacts facts) {
        List<Row<PIF>> own = snapshot.all(PIF.XEN_CLASS).stream()
                .map(Stored::row)
                .filter(row -> host.filter(row.get(PIF.HOST)::equals).isPresent())
                .toList();
        String address = own.stream()
                .filter(pif -> pif.get(PIF.MANAGEMENT) && !pif.get(PIF.IP).isEmpty())
                .map(pif -> pif.get(PIF.IP))
                .findFirst()
                .orElse(facts.address());
        List<HostFacts.Nic> nics = new ArrayList<>();
        for (HostFacts.Nic nic : facts.nics()) {
            nics.add(own.stream()
                    .filter(pif -> pif.get(PIF.PHYSICAL) && pif.get(PIF.DEVICE).equals(nic.device()))
                    .findFirst()
                    .map(pif -> with(nic, addresses(holder(snapshot, pif))))
                    .orElse(nic));
        }
        return facts.at(address, nics);
    }

    /** The members of a bond have its addresses. */
    private static Row<PIF> holder(Snapshot snapshot, Row<PIF> pif) {
        return snapshot.find(pif.get(PIF.BOND_SLAVE_OF))
                .map(bond -> snapshot.row(bond.row().get(Bond.MASTER)))
                .orElse(pif);
    }

    private static HostFacts.Addresses addresses(Row<PIF> pif) {
        return new HostFacts.Addresses(
                pif.get(PIF.IP),
                pif.get(PIF.NETMASK),
                pif.get(PIF.IP_CONFIGURATION_MODE) == IpConfigurationMode.DHCP,
                pif.get(PIF.GATEWAY),
                pif.get(PIF.DNS),
                pif.get(PIF.IPV6));
    }

    private static HostFacts.Nic with(HostFacts.Nic nic, HostFacts.Addresses addresses) {
        return new HostFacts.Nic(
                nic.device(),
                nic.mac(),
                nic.mtu(),
                nic.bridge(),
                nic.carrier(),
                nic.speed(),
                nic.fullDuplex(),
                nic.vendorId(),
                nic.deviceId(),
                nic.pciPath(),
                addresses);
    }
}
