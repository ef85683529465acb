package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.H2Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.NetworkPurpose;
import org.jxapi.xenapi.PIF;

/** The networks of ocaml/xapi/xapi_vdi.ml, _get_nbd_info, and of ocaml/xapi/xapi_host.ml, get_nbd_interfaces. */
class NbdNetworksTest {
    @TempDir
    Path folder;

    private H2Store store;
    private Ref<Host> host;

    @BeforeEach
    void open() {
        store = H2Store.open(folder);
        host = store.transact(tx -> tx.create(Row.of(Host.XEN_CLASS)));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Ref<Network> network(NetworkPurpose... purposes) {
        return store.transact(tx -> tx.create(Row.of(Network.XEN_CLASS).with(Network.PURPOSE, List.of(purposes))));
    }

    private Ref<PIF> pif(Ref<Network> network, String ip, String... ipv6) {
        return store.transact(tx -> tx.create(Row.of(PIF.XEN_CLASS)
                .with(PIF.NETWORK, network)
                .with(PIF.HOST, host)
                .with(PIF.DEVICE, "eth99")
                .with(PIF.VLAN, -1L)
                .with(PIF.CURRENTLY_ATTACHED, true)
                .with(PIF.IP, ip)
                .with(PIF.IPV6, List.of(ipv6))));
    }

    private boolean admits(String address) throws Exception {
        return NbdNetworks.admits(store.snapshot(), host, InetAddress.getByName(address));
    }

    @Test
    void purposesThatContradictEachOtherServeNobody() {
        assertThat(NbdNetworks.mode(store.snapshot())).isEqualTo(NbdNetworks.Mode.OFF);
        Ref<Network> secure = network(NetworkPurpose.NBD);
        assertThat(NbdNetworks.mode(store.snapshot())).isEqualTo(NbdNetworks.Mode.TLS);
        network(NetworkPurpose.INSECURE_NBD);
        assertThat(NbdNetworks.mode(store.snapshot())).isEqualTo(NbdNetworks.Mode.OFF);
        store.change(tx -> tx.destroy(secure));
        assertThat(NbdNetworks.mode(store.snapshot())).isEqualTo(NbdNetworks.Mode.PLAIN);
    }

    @Test
    void onlyAttachedInterfacesOfNetworksWithAPurposeCount() {
        pif(network(NetworkPurpose.NBD), "192.0.2.1", "", "2001:db8::1/64");
        pif(network(), "192.0.2.2");
        pif(network(NetworkPurpose.NBD), "");
        Ref<PIF> unplugged = pif(network(NetworkPurpose.NBD), "192.0.2.3");
        store.change(tx -> tx.set(unplugged, PIF.CURRENTLY_ATTACHED, false));
        assertThat(NbdNetworks.addresses(store.snapshot(), host)).containsExactly("192.0.2.1", "2001:db8::1");
        assertThat(NbdNetworks.addresses(store.snapshot(), Host.XEN_CLASS.freshRef()))
                .isEmpty();
    }

    @Test
    void clientsOfOtherNetworksAreNotAdmitted() throws Exception {
        pif(network(NetworkPurpose.NBD), "192.0.2.1", "2001:db8::1/64");
        pif(network(), "192.0.2.2");
        assertThat(admits("192.0.2.1")).isTrue();
        assertThat(admits("2001:db8:0:0:0:0:0:1")).isTrue();
        assertThat(admits("127.0.0.1")).as("the host itself").isTrue();
        assertThat(admits("::1")).isTrue();
        assertThat(admits("192.0.2.2")).isFalse();
        assertThat(admits("192.0.2.77")).isFalse();
    }
}
