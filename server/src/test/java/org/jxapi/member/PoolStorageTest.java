package org.jxapi.member;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Program;
import org.jxapi.harness.XeProcess;

/** Three hosts that vote, and a repository that all of them reach. */
class PoolStorageTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private TestPool pool = new TestPool(Path.of(""));
    private TestPool.Member first;
    private Path location = Path.of("");
    private String sr = "";

    @BeforeEach
    void begin() throws Exception {
        pool = new TestPool(folder.resolve("hosts"), Site.LOOPBACK, "--nbd", "127.0.0.1:0");
        first = pool.voting();
        location = Files.createDirectory(folder.resolve("shared"));
        sr = first.caller()
                .text(
                        "SR.create",
                        first.ref,
                        Map.of("location", location.toString(), "preferred-image-formats", "qcow2"),
                        0,
                        "shared",
                        "",
                        "file",
                        "user",
                        true,
                        Map.of());
    }

    @AfterEach
    void end() {
        pool.close();
    }

    /** Whether each host has the repository plugged. */
    private void assertPlugged(TestPool.Caller caller, List<TestPool.Member> hosts) throws Exception {
        JsonNode pbds = caller.answer("PBD.get_all_records").get("result");
        for (TestPool.Member host : hosts) {
            assertThat(pbds).as("PBD of host " + host.number + " in " + pbds).anySatisfy(pbd -> {
                assertThat(pbd.get("SR").asText()).isEqualTo(sr);
                assertThat(pbd.get("host").asText()).isEqualTo(host.ref);
                assertThat(pbd.get("currently_attached").asBoolean()).isTrue();
            });
        }
    }

    private String vdi(TestPool.Caller caller, String name) throws Exception {
        return caller.vdi(sr, name);
    }

    @Test
    void theRepositoryStaysUsableWhenItsCoordinatorIsKilled() throws Exception {
        TestPool.Caller before = first.caller();
        assertPlugged(before, pool.hosts());
        TestPool.Member host = pool.without(first).get(0);
        String guest = before.vm("guest");
        String disk = vdi(before, "disk");
        before.plug(guest, disk);
        Eventually.holds(() -> assertThat(before.starts(guest, host)).isTrue());

        first.daemon().kill();
        TestPool.Member second = pool.elected(pool.without(first));
        TestPool.Caller caller = second.caller();
        caller.text("SR.scan", sr);
        String later = vdi(caller, "later");
        Eventually.holds(() -> assertThat(caller.answer("VDI.snapshot", disk, Map.of())
                        .path("error")
                        .toString())
                .isEmpty());
        String other = caller.vm("other");
        caller.plug(other, later);
        Eventually.holds(() -> assertThat(caller.answer("VM.start", other, false, false)
                        .path("error")
                        .toString())
                .isEmpty());
        caller.text("VM.hard_shutdown", guest);
        Eventually.holds(() -> assertThat(caller.answer("VM.start_on", guest, second.ref, false, false)
                        .path("error")
                        .toString())
                .isEmpty());

        first.start();
        TestPool.Member third = pool.elected(pool.hosts());
        TestPool.Caller again = third.caller();
        Eventually.holds(() -> assertPlugged(again, pool.hosts()));
        again.text("VM.hard_shutdown", guest);
        Eventually.holds(() -> assertThat(again.answer("VM.start_on", guest, first.ref, false, false)
                        .path("error")
                        .toString())
                .isEmpty());
    }

    /** How many images a disk consists of, with those that are only there for others. */
    private long layers(TestPool.Caller caller, String disk) throws Exception {
        String uuid = caller.text("VDI.get_uuid", disk);
        try (Stream<Path> files = Files.list(location)) {
            return files.filter(file -> file.getFileName().toString().startsWith(uuid))
                    .filter(file -> file.toString().endsWith(".qcow2"))
                    .count();
        }
    }

    @Test
    void layersBehindTheDiskOfAMembersGuestAreMerged() throws Exception {
        TestPool.Caller caller = first.caller();
        String guest = caller.vm("guest");
        String disk = vdi(caller, "disk");
        caller.plug(guest, disk);
        TestPool.Member host = pool.without(first).get(0);
        Eventually.holds(() -> assertThat(caller.starts(guest, host)).isTrue());
        assertMerges(caller, disk);

        TestPool.Member other = pool.without(first).get(1);
        Eventually.holds(() -> assertThat(caller.answer("VM.pool_migrate", guest, other.ref, Map.of("live", "true"))
                        .path("error")
                        .toString())
                .isEmpty());
        assertThat(caller.text("VM.get_resident_on", guest)).isEqualTo(other.ref);
        assertMerges(caller, disk);
    }

    private void assertMerges(TestPool.Caller caller, String disk) throws Exception {
        List<String> snapshots = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            snapshots.add(caller.text("VDI.snapshot", disk, Map.of()));
        }
        for (String snapshot : snapshots) {
            caller.text("VDI.destroy", snapshot);
        }
        Eventually.holds(() -> assertThat(layers(caller, disk)).isEqualTo(1));
    }

    /** The repository of a host that is its own. */
    private static String local(TestPool.Caller caller, TestPool.Member host) throws Exception {
        for (JsonNode pbd : caller.answer("PBD.get_all_records").get("result")) {
            String repository = pbd.get("SR").asText();
            if (pbd.get("host").asText().equals(host.ref)
                    && caller.text("SR.get_name_label", repository).equals("Local storage")) {
                return repository;
            }
        }
        throw new AssertionError("host " + host.number + " has no storage");
    }

    @Test
    void theCoordinatorServesTheDisksOfAMemberOverNbd() throws Exception {
        Program.needs("qemu-img");
        TestPool.Caller caller = first.caller();
        String disk = caller.vdi(local(caller, pool.without(first).get(0)), "disk");
        Path contents = Files.write(folder.resolve("contents"), new byte[Math.toIntExact(4 * MIB)]);
        Files.write(contents, "the member has this".getBytes(StandardCharsets.UTF_8), StandardOpenOption.WRITE);
        XeProcess.ok(
                first.daemon().folder(),
                "vdi-import",
                "uuid=" + caller.text("VDI.get_uuid", disk),
                "filename=" + contents,
                "format=raw");
        for (JsonNode pif : caller.answer("PIF.get_all_records").get("result")) {
            if (pif.get("host").asText().equals(first.ref)
                    && pif.get("management").asBoolean()) {
                caller.text("network.add_purpose", pif.get("network").asText(), "insecure_nbd");
            }
        }
        JsonNode servers = caller.answer("VDI.get_nbd_info", disk).get("result");
        assertThat(servers).hasSize(1);
        JsonNode server = servers.get(0);
        String image = "driver=raw,file.driver=nbd,file.server.type=inet,file.server.host="
                + server.get("address").asText() + ",file.server.port="
                + server.get("port").asText() + ",file.export="
                + server.get("exportname").asText();
        Program.run(folder, "qemu-img", "convert", "--image-opts", image, "-O", "raw", "copy")
                .ok();
        assertThat(folder.resolve("copy")).hasSameBinaryContentAs(contents);
    }
}
