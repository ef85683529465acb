package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** VDI.get_nbd_info as in ocaml/xapi/xapi_vdi.ml, and the port, which follows the purposes of the networks. */
class NbdInfoTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--nbd", "127.0.0.1:0");

    private static final Calls calls = daemon.calls();
    private static NbdHost host;
    private static String vdi;

    @BeforeAll
    static void prepare() throws Exception {
        host = new NbdHost(daemon);
        vdi = host.disk(8);
    }

    @AfterEach
    void noPurpose() throws Exception {
        calls.ok("network.remove_purpose", host.network, "nbd");
        calls.ok("network.remove_purpose", host.network, "insecure_nbd");
    }

    @Test
    void aDiskIsNowhereWithoutANetworkForIt() throws Exception {
        assertThat(calls.ok("VDI.get_nbd_info", vdi)).isEmpty();
        // A network without an interface leads nowhere either.
        String internal = calls.text(
                "network.create",
                Map.of("name_label", "internal", "name_description", "", "MTU", 1500, "other_config", Map.of()));
        calls.ok("network.add_purpose", internal, "nbd");
        assertThat(calls.ok("VDI.get_nbd_info", vdi)).isEmpty();
        calls.ok("network.destroy", internal);
    }

    @Test
    void eachAddressOfAHostIsAServer() throws Exception {
        calls.ok("network.add_purpose", host.network, "nbd");
        String pif = calls.first("PIF.get_all");
        calls.ok("PIF.reconfigure_ipv6", pif, "Static", "fd00::7/64", "", "");
        JsonNode infos = calls.ok("VDI.get_nbd_info", vdi);
        calls.ok("PIF.reconfigure_ipv6", pif, "None", "", "", "");
        assertThat(infos).hasSize(2);
        JsonNode info = infos.get(0);
        assertThat(info.get("exportname").asText())
                .isEqualTo("/" + calls.text("VDI.get_uuid", vdi) + "?session_id=" + calls.session());
        assertThat(info.get("address").asText()).isEqualTo("127.0.0.1");
        assertThat(infos.get(1).get("address").asText()).isEqualTo("fd00::7");
        assertThat(info.get("cert").asText())
                .isEqualTo(calls.text("host.get_server_certificate", calls.first("host.get_all")));
        // The client of these tests takes no server with another name in its certificate.
        try (NbdClient client = NbdClient.secured(
                info.get("port").asInt(),
                info.get("cert").asText(),
                info.get("subject").asText())) {
            assertThat(client.go(info.get("exportname").asText())).isEqualTo(8L * NbdHost.MIB);
        }
        host.eventuallyFree(vdi);
    }

    @Test
    void onlyHostsThatReachTheStorageAreServers() throws Exception {
        calls.ok("network.add_purpose", host.network, "nbd");
        assertThat(calls.ok("VDI.get_nbd_info", vdi)).hasSize(1);
        String pbd = calls.first("SR.get_PBDs", host.sr);
        calls.ok("PBD.unplug", pbd);
        assertThat(calls.ok("VDI.get_nbd_info", vdi)).isEmpty();
        calls.ok("PBD.plug", pbd);
    }

    @Test
    void thePortIsOpenWhileANetworkHasThePurpose() throws Exception {
        calls.ok("network.add_purpose", host.network, "nbd");
        int port = host.port(vdi);
        NbdClient.greeted(port, Wire.FIXED_NEWSTYLE).close();
        calls.ok("network.remove_purpose", host.network, "nbd");
        Eventually.holds(() -> assertThatThrownBy(() -> NbdClient.silent(port)).isInstanceOf(ConnectException.class));
        assertThat(calls.ok("VDI.get_nbd_info", vdi)).isEmpty();
    }

    /** ocaml/nbd/src/main.ml, xapi_says_use_tls. */
    @Test
    void aNetworkWithThePurposeInsecureNbdHasNoTls() throws Exception {
        calls.ok("network.add_purpose", host.network, "insecure_nbd");
        byte[] contents = NbdHost.contents(8);
        try (NbdClient client = NbdClient.greeted(host.port(vdi), Wire.FIXED_NEWSTYLE)) {
            assertThat(client.single(Wire.OPT_STARTTLS).type()).isEqualTo(Wire.REP_ERR_POLICY);
            assertThat(client.go(host.name(vdi))).isEqualTo(8L * NbdHost.MIB);
            assertThat(client.read(1000, 5000)).isEqualTo(NbdHost.part(contents, 1000, 5000));
        }
        host.eventuallyFree(vdi);
    }

    /** ocaml/xapi-cli-server/records.ml, purpose of network. */
    @Test
    void purposesAreAddedAndRemovedByXe() throws Exception {
        String uuid = calls.text("network.get_uuid", host.network);
        assertThat(xe("network-param-add", "uuid=" + uuid, "param-name=purpose", "param-key=nbd"))
                .isEmpty();
        assertThat(calls.list("network.get_purpose", host.network)).containsExactly("nbd");
        assertThat(xe("network-param-get", "uuid=" + uuid, "param-name=purpose"))
                .isEqualTo("nbd");
        assertThat(xe("network-param-remove", "uuid=" + uuid, "param-name=purpose", "param-key=nbd"))
                .isEmpty();
        assertThat(calls.list("network.get_purpose", host.network)).isEmpty();
    }

    private static String xe(String... arguments) throws Exception {
        return new ThinClient(daemon.socket()).run(arguments).ok();
    }
}
