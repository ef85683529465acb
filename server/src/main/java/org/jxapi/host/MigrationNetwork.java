package org.jxapi.host;

import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Snapshot;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;

/** The network over which a guest's memory goes to another host. */
public final class MigrationNetwork {
    private MigrationNetwork() {}

    /**
     * Throws PIF_NOT_PRESENT, REQUIRED_PIF_IS_UNPLUGGED or INTERFACE_HAS_NO_IP when the host cannot be reached over the
     * network.
     */
    public static void check(Snapshot snapshot, Ref<Host> host, Ref<Network> network) {
        Ref<PIF> pif = snapshot.get(network, Network.PIFS).stream()
                .filter(each -> snapshot.get(each, PIF.HOST).equals(host))
                .findFirst()
                .orElseThrow(() -> Errors.pifNotPresent(host.value(), network.value()));
        Row<PIF> row = snapshot.row(pif);
        if (!row.get(PIF.CURRENTLY_ATTACHED)) {
            throw Errors.requiredPifIsUnplugged(pif.value());
        }
        if (row.get(PIF.IP).isEmpty() && row.get(PIF.IPV6).stream().allMatch(String::isEmpty)) {
            throw Errors.interfaceHasNoIp(pif.value());
        }
    }
}
