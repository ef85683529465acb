package org.jxapi.host;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.dispatch.Call;
import org.jxapi.session.SessionService;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.IpConfigurationMode;
import org.jxapi.xenapi.Ipv6ConfigurationMode;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.PIF;
import org.jxapi.xenapi.PrimaryAddressType;
import org.jxapi.xenapi.Session;

/** This host as the destination of {@code VM.migrate_send}: its address in a network, and a session for the sender. */
final class MigrationTarget {
    private final Store store;

    MigrationTarget(Store store) {
        this.store = store;
    }

    /** The map that migrate_send takes, with XAPI's keys. */
    Map<String, String> receive(Call call, Ref<Host> host, Ref<Network> network) {
        Snapshot snapshot = store.snapshot();
        Row<Host> row = snapshot.row(host);
        String address = bracketed(address(snapshot, host, network));
        Ref<Session> session = store.transact(tx -> SessionService.delegate(tx, call.session()));
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("SM", "http://" + address + "/services/SM?session_id=" + session.value());
        answer.put("host", host.value());
        answer.put("xenops", "http://" + address + "/services/xenops?session_id=" + session.value());
        answer.put("session_id", session.value());
        answer.put("master", "http://" + bracketed(row.get(Host.ADDRESS)));
        return answer;
    }

    private static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }

    private static String address(Snapshot snapshot, Ref<Host> host, Ref<Network> network) {
        List<Ref<PIF>> pifs = snapshot.get(network, Network.PIFS);
        Ref<PIF> pif = pifs.stream()
                .filter(each -> snapshot.get(each, PIF.HOST).equals(host))
                .findFirst()
                .orElseThrow(() -> Errors.hostCannotAttachNetwork(host.value(), network.value()));
        Row<PIF> row = snapshot.row(pif);
        boolean six = row.get(PIF.PRIMARY_ADDRESS_TYPE) == PrimaryAddressType.IPV6;
        String address = six ? ipv6(row) : row.get(PIF.IP);
        boolean configured = six
                ? row.get(PIF.IPV6_CONFIGURATION_MODE) != Ipv6ConfigurationMode.NONE
                : row.get(PIF.IP_CONFIGURATION_MODE) != IpConfigurationMode.NONE;
        if (!address.isEmpty()) {
            return address;
        }
        throw configured ? Errors.interfaceHasNoIp(pif.value()) : Errors.pifHasNoNetworkConfiguration(pif.value());
    }

    /** The first address that reaches further than one link. */
    private static String ipv6(Row<PIF> pif) {
        return pif.get(PIF.IPV6).stream()
                .filter(each -> !each.isEmpty() && !each.startsWith("fe80"))
                .map(each -> each.replaceFirst("/.*", ""))
                .findFirst()
                .orElse("");
    }
}
