package org.jxapi.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;

/** The clients of QEMU and libnbd over TLS, which verify the certificate that VDI.get_nbd_info answers. */
class NbdClientsTest {
    private static final long TIB = 1L << 40;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator("--nbd", "127.0.0.1:0");

    @TempDir
    Path folder;

    private static final Calls calls = daemon.calls();
    private static NbdHost host;
    private static String vdi;

    @BeforeAll
    static void prepare() throws Exception {
        host = new NbdHost(daemon);
        calls.ok("network.add_purpose", host.network, "nbd");
        vdi = host.disk(64);
    }

    @BeforeEach
    void certificate() throws Exception {
        Files.writeString(
                folder.resolve("ca-cert.pem"), host.info(vdi).get("cert").asText());
    }

    private Program.Ran qemuImg(String command, JsonNode info, String... more) throws Exception {
        Program.needs("qemu-img");
        List<String> all = new ArrayList<>(List.of(
                "qemu-img",
                command,
                "--object",
                // QEMU wants a certificate authority, and this certificate is none: it is its own proof.
                "tls-creds-x509,id=tls,endpoint=client,sanity-check=off,dir=" + folder,
                "--image-opts",
                "driver=nbd,tls-creds=tls,host=127.0.0.1,port="
                        + info.get("port").asText() + ",export="
                        + info.get("exportname").asText() + ",tls-hostname="
                        + info.get("subject").asText()));
        all.addAll(List.of(more));
        return Program.run(folder, all.toArray(new String[0]));
    }

    private String uri(JsonNode info) {
        return "nbds://localhost:" + info.get("port").asText() + "/"
                + URLEncoder.encode(info.get("exportname").asText(), StandardCharsets.UTF_8) + "?tls-certificates="
                + folder;
    }

    @Test
    void qemuReadsExactlyTheDisk() throws Exception {
        JsonNode info = host.info(vdi);
        JsonNode image =
                JsonClient.JSON.readTree(qemuImg("info", info, "--output=json").ok());
        assertThat(image.get("virtual-size").asLong()).isEqualTo(64L * NbdHost.MIB);
        assertThat(qemuImg("convert", info, "-O", "raw", "out.raw").ok()).isEmpty();
        assertThat(Files.readAllBytes(folder.resolve("out.raw"))).isEqualTo(NbdHost.contents(64));
        host.eventuallyFree(vdi);
    }

    @Test
    void qemuReadsNothingOfAnEmptyDiskOfATebibyte() throws Exception {
        String empty = calls.vdi(host.sr, TIB);
        JsonNode info = host.info(empty);
        long start = System.nanoTime();
        assertThat(qemuImg("convert", info, "-O", "qcow2", "out.qcow2").ok()).isEmpty();
        // Even sent as zeros over a wire of 10 GB/s it would take longer than that.
        assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
        JsonNode image = JsonClient.JSON.readTree(Program.run(folder, "qemu-img", "info", "--output=json", "out.qcow2")
                .ok());
        assertThat(image.get("virtual-size").asLong()).isEqualTo(TIB);
        assertThat(Files.size(folder.resolve("out.qcow2"))).isLessThan(100L * NbdHost.MIB);
    }

    @Test
    void libnbdSeesTheExportAndItsHoles() throws Exception {
        Program.needs("nbdinfo");
        String uri = uri(host.info(vdi));
        assertThat(Program.run(folder, "nbdinfo", "--size", uri).ok().strip())
                .isEqualTo(Long.toString(64L * NbdHost.MIB));
        JsonNode export = JsonClient.JSON
                .readTree(Program.run(folder, "nbdinfo", "--json", uri).ok())
                .get("exports")
                .get(0);
        assertThat(export.get("is_read_only").asBoolean()).isTrue();
        assertThat(export.get("can_multi_conn").asBoolean()).isTrue();
        assertThat(export.get("contexts")).hasSize(1);
        List<String> map =
                Program.run(folder, "nbdinfo", "--map", uri).ok().lines().toList();
        assertThat(map.stream().map(line -> line.strip().split("\\s+")))
                .extracting(line -> line[0] + " " + line[1] + " " + line[3])
                .containsExactly(
                        "0 " + NbdHost.MIB + " data",
                        NbdHost.MIB + " " + 3 * NbdHost.MIB + " hole,zero",
                        4 * NbdHost.MIB + " " + NbdHost.MIB + " data",
                        5 * NbdHost.MIB + " " + 59 * NbdHost.MIB + " hole,zero");
    }

    @Test
    void libnbdCopiesOverSeveralConnections() throws Exception {
        Program.needs("nbdcopy");
        Program.run(folder, "nbdcopy", "--connections=4", uri(host.info(vdi)), "out.raw")
                .ok();
        assertThat(Files.readAllBytes(folder.resolve("out.raw"))).isEqualTo(NbdHost.contents(64));
        host.eventuallyFree(vdi);
    }

    @Test
    void anotherSessionIsRefusedWithItsReason() throws Exception {
        JsonNode info = host.info(vdi);
        String wrong = info.get("exportname").asText().replaceFirst("session_id=.*", "session_id=OpaqueRef:none");
        Program.Ran ran = qemuImg("info", ((ObjectNode) info).put("exportname", wrong));
        assertThat(ran.status()).isNotZero();
        assertThat(ran.output()).contains("SESSION_INVALID");
    }
}
