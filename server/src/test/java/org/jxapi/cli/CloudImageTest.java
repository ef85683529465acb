package org.jxapi.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.cloud.IsoReader;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.XeProcess;

/** VMs of cloud images with vm-install, over the real xe. */
class CloudImageTest {
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static String sr;
    private static byte[] image;

    @BeforeAll
    static void prepare() throws Exception {
        sr = calls.text(
                "SR.get_uuid",
                calls.fileSr(
                        "images",
                        Map.of(
                                "location",
                                Files.createDirectory(folder.resolve("sr")).toString())));
        image = new byte[3 * MIB];
        new Random(3).nextBytes(image);
        Files.write(folder.resolve("disk.img"), image);
        Files.writeString(folder.resolve("user.yaml"), "#cloud-config\npackages: [nginx]\n");
        Files.writeString(folder.resolve("key.pub"), "ssh-ed25519 AAAA me\n");
    }

    private static XeProcess install(String name, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of(
                "vm-install", "template=Debian Bookworm 12 (cloud image)", "new-name-label=" + name, "sr-uuid=" + sr));
        words.addAll(List.of(more));
        return XeProcess.run(daemon.folder(), words.toArray(String[]::new));
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    private static String sha256() throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(image));
    }

    /** The disks of a VM, by their device. */
    private static Map<String, String> disks(String vm) throws Exception {
        Map<String, String> disks = new TreeMap<>();
        for (String vbd : calls.list("VM.get_VBDs", vm)) {
            JsonNode record = calls.ok("VBD.get_record", vbd);
            disks.put(record.get("userdevice").asText(), record.get("VDI").asText());
        }
        return disks;
    }

    private static byte[] contents(String vdi) throws Exception {
        Path raw = folder.resolve("contents-" + calls.text("VDI.get_uuid", vdi));
        XeProcess.ok(daemon.folder(), "vdi-export", "uuid=" + calls.text("VDI.get_uuid", vdi), "filename=" + raw);
        return Files.readAllBytes(raw);
    }

    /** If the client fails, the daemon learns of it after xe has ended. */
    private static void nothingIsLeft(String name) throws Exception {
        Eventually.holds(
                () -> assertThat(calls.list("VM.get_by_name_label", name)).isEmpty());
        assertThat(calls.list("VDI.get_by_name_label", name)).isEmpty();
        assertThat(calls.list("VDI.get_by_name_label", name + " cloud-init")).isEmpty();
    }

    @Test
    void anImageBecomesAVmWithADiskADriveAndANetworkInterface() throws Exception {
        String network = calls.first("network.get_all");
        XeProcess run = install(
                "web",
                "image=" + file("disk.img"),
                "checksum=sha256:" + sha256(),
                "cloud-config=" + file("user.yaml"),
                "ssh-key=" + file("key.pub"),
                "network=" + calls.text("network.get_uuid", network),
                "disk-size=5MiB");
        assertThat(run.status()).as(run.said()).isZero();
        String vm = calls.first("VM.get_by_name_label", "web");
        assertThat(run.said()).contains(calls.text("VM.get_uuid", vm));
        Map<String, String> disks = disks(vm);
        assertThat(disks).containsOnlyKeys("0", "3");
        byte[] disk = contents(disks.get("0"));
        assertThat(disk).hasSize(5 * MIB).startsWith(image);
        Map<String, String> seed = IsoReader.files(contents(disks.get("3")));
        assertThat(seed)
                .containsEntry("user-data", "#cloud-config\npackages: [nginx]\n")
                .hasEntrySatisfying(
                        "meta-data",
                        text -> assertThat(text).contains("local-hostname: \"web\"", "ssh-ed25519 AAAA me"));
        assertThat(calls.list("VM.get_VIFs", vm)).hasSize(1);
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void anImageComesFromAWebServerWithItsListOfChecksums() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        Map<String, byte[]> files = Map.of(
                "/a/disk.img", image, "/a/SHA256SUMS", (sha256() + " *disk.img\n").getBytes(StandardCharsets.US_ASCII));
        server.createContext("/", exchange -> {
            byte[] file = files.get(exchange.getRequestURI().getPath());
            if (exchange.getRequestURI().getPath().startsWith("/moved")) {
                exchange.getResponseHeaders().add("Location", "/a/disk.img");
                exchange.sendResponseHeaders(302, -1);
            } else if (file == null) {
                exchange.sendResponseHeaders(404, -1);
            } else {
                exchange.sendResponseHeaders(200, file.length);
                exchange.getResponseBody().write(file);
            }
            exchange.close();
        });
        server.start();
        try {
            String at = "http://127.0.0.1:" + server.getAddress().getPort();
            XeProcess run = install("far", "image=" + at + "/moved/disk.img", "checksum=" + at + "/a/SHA256SUMS");
            assertThat(run.status()).as(run.said()).isZero();
            assertThat(contents(
                            disks(calls.first("VM.get_by_name_label", "far")).get("0")))
                    .isEqualTo(image);
            XeProcess missing = install("missing", "image=" + at + "/b/disk.img");
            assertThat(missing.status()).isEqualTo(1);
            assertThat(missing.said()).contains("status 404");
            nothingIsLeft("missing");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theImagesOfAFolderAreListed() throws Exception {
        String list = XeProcess.ok(daemon.folder(), "image-list", "index=" + folder);
        assertThat(list).contains("disk.img", "size ( RO): " + image.length).doesNotContain("key.pub");
        JsonNode json =
                new ObjectMapper().readTree(XeProcess.ok(daemon.folder(), "image-list", "index=" + folder, "--json"));
        assertThat(json).hasSize(1);
        assertThat(json.get(0).get("name").asText()).isEqualTo("disk.img");
    }

    @Test
    void recordsAndValuesAreJson() throws Exception {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode vms = mapper.readTree(XeProcess.ok(
                daemon.folder(), "vm-list", "is-control-domain=true", "params=uuid,power-state", "--json"));
        assertThat(vms).hasSize(1);
        assertThat(vms.get(0).get("power-state").asText()).isEqualTo("running");
        assertThat(vms.get(0).get("uuid").asText()).hasSize(36);
        assertThat(XeProcess.ok(daemon.folder(), "vm-list", "name-label=nobody", "--json")
                        .strip())
                .isEqualTo("[ ]");
        JsonNode value = mapper.readTree(
                XeProcess.ok(daemon.folder(), "sr-param-get", "uuid=" + sr, "param-name=name-label", "--json"));
        assertThat(value.get(0).asText()).isEqualTo("images");
    }

    @Test
    void aWrongChecksumLeavesNothing() throws Exception {
        XeProcess run = install("bad", "image=" + file("disk.img"), "checksum=sha256:" + "0".repeat(64));
        assertThat(run.status()).isEqualTo(1);
        assertThat(run.said()).contains("does not have the checksum sha256:000");
        nothingIsLeft("bad");
    }

    @Test
    void badParametersAreRefusedBeforeAnythingIsMade() throws Exception {
        Files.writeString(folder.resolve("odd"), "packages: []\n");
        assertThat(install("p", "image=" + file("disk.img"), "cloud-config=" + file("odd"))
                        .said())
                .contains("cloud-init would ignore the file");
        assertThat(install("p", "image=" + file("disk.img"), "ssh-key=" + file("odd") + "x")
                        .said())
                .contains("Failed to read ssh-key");
        assertThat(install("p", "ssh-key=" + file("key.pub")).said()).contains("ssh-key needs image");
        assertThat(install("p", "image=" + file("disk.img"), "checksum=sha256:12")
                        .said())
                .contains("checksum is no checksum");
        assertThat(install("p", "image=" + file("none.img")).said()).contains("does not exist");
        assertThat(install("p", "image=" + file("disk.img"), "network=nowhere").said())
                .contains("No network matched");
        nothingIsLeft("p");
    }
}
