package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;
import org.jxapi.harness.XeProcess;
import org.jxapi.xenapi.Network;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.VM;

/**
 * Downloads of the database and their way to another machine. Upstream: pool_db_backup.ml; clients: pool_dump_db and
 * pool_restore_db of cli_operations.ml, and Xen Orchestra's exportPoolMetadata, importPoolMetadata and
 * RestoreMetadataBackup.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DatabaseDumpTest {
    @TempDir
    static Path folder;

    @RegisterExtension
    static final RunningDaemon source = RunningDaemon.onSimulator();

    @RegisterExtension
    static final RunningDaemon target = RunningDaemon.onSimulator();

    private static byte[] dump;

    /** Each writer numbers one network, then another. No moment has the second ahead of the first. */
    @Test
    @Order(1)
    void aDumpUnderLoadIsOfOneMoment() throws Exception {
        Calls calls = source.calls();
        calls.vm("kept");
        List<String> networks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            networks.add(calls.text("network.create", network("load-" + i)));
        }
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i += 2) {
            String first = networks.get(i);
            String second = networks.get(i + 1);
            Thread writer = new Thread(() -> number(first, second, stop));
            writer.start();
            writers.add(writer);
        }
        for (int i = 0; i < 5; i++) {
            calls.vm("made-" + i);
            dump = Dumps.download(source);
            Path file = Files.write(folder.resolve("under-load"), dump);
            checkMoment(DumpFile.read(file), networks);
        }
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
    }

    private static Map<String, Object> network(String name) {
        return Map.of("name_label", name, "name_description", "0", "MTU", 1500, "other_config", Map.of());
    }

    private static void number(String first, String second, AtomicBoolean stop) {
        try {
            Calls own = new Calls(source);
            for (int n = 1; !stop.get(); n++) {
                own.ok("network.set_name_description", first, Integer.toString(n));
                own.ok("network.set_name_description", second, Integer.toString(n));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void checkMoment(Map<Ref<?>, Row<?>> rows, List<String> networks) {
        List<Integer> numbers = networks.stream()
                .map(ref -> rows.get(Network.XEN_CLASS.ref(ref)).as(Network.XEN_CLASS))
                .map(row -> Integer.valueOf(row.get(Network.NAME_DESCRIPTION)))
                .toList();
        for (int i = 0; i < numbers.size(); i += 2) {
            assertThat(numbers.get(i) - numbers.get(i + 1)).isBetween(0, 1);
        }
        for (Row<?> row : rows.values()) {
            if (row.model() == VBD.XEN_CLASS) {
                assertThat(rows).containsKey(row.as(VBD.XEN_CLASS).get(VBD.VM));
            } else if (row.model() == VM.XEN_CLASS
                    && !row.as(VM.XEN_CLASS).get(VM.METRICS).isNull()) {
                assertThat(rows).containsKey(row.as(VM.XEN_CLASS).get(VM.METRICS));
            }
        }
    }

    @Test
    @Order(2)
    void theFormIsXapis() {
        String text = new String(dump, StandardCharsets.UTF_8);
        assertThat(text)
                .startsWith("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<database><manifest>"
                        + "<pair key=\"schema_major_vsn\" value=\"5\"/><pair key=\"schema_minor_vsn\" value=\"909\"/>"
                        + "<pair key=\"generation_count\" value=\"")
                .contains("<table name=\"session\"/>", "<table name=\"task\"/>")
                .containsPattern("<table name=\"VM\"><row ref=\"OpaqueRef:[^\"]+\" __ctime=\"\\d+\" __mtime=\"\\d+\""
                        + " _ref=\"OpaqueRef:[^\"]+\" HVM__boot_params=\"")
                .contains(
                        " name__label=\"Other%.install%.media\"",
                        " HVM__boot_params=\"(('firmware'%.'bios')%.('order'%.'cd'))\"");
    }

    @Test
    @Order(3)
    void aDryRunChecksAndChangesNothing() throws Exception {
        Calls calls = target.calls();
        String networks = calls.ok("network.get_all_records").toString();
        assertThat(Dumps.restore(target, calls, dump, true).get("status").asText())
                .isEqualTo("success");
        assertThat(calls.ok("network.get_all_records").toString()).isEqualTo(networks);
        try (Stream<Path> files = Files.list(target.data())) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .noneMatch(name -> name.contains("staged") || name.contains("making") || name.contains("upload"));
        }
    }

    @Test
    @Order(4)
    void aRestoreOnAnotherMachineKeepsThatMachinesIdentity() throws Exception {
        Calls calls = target.calls();
        calls.text("network.create", network("gone after the restore"));
        String host = calls.first("host.get_all");
        String token = calls.text("host.call_plugin", host, "jxapi-token", "create", Map.of());
        assertThat(new String(Dumps.download(target), StandardCharsets.UTF_8))
                .contains("<table name=\"secret\"")
                .doesNotContain("jxapi_pool_file");
        List<String> identity = List.of(
                calls.text("host.get_uuid", host),
                calls.text("VM.get_uuid", calls.text("host.get_control_domain", host)),
                macs(calls));
        assertThat(Dumps.restore(target, calls, dump, false).get("status").asText())
                .isEqualTo("success");
        target.awaitRestart();
        Calls after = target.calls();
        String restored = after.first("host.get_all");
        assertThat(List.of(
                        after.text("host.get_uuid", restored),
                        after.text("VM.get_uuid", after.text("host.get_control_domain", restored)),
                        macs(after)))
                .isEqualTo(identity);
        Calls original = source.calls();
        assertThat(restored).isEqualTo(original.first("host.get_all"));
        String vm = original.first("VM.get_by_name_label", "kept");
        assertThat(after.ok("VM.get_record", vm)).isEqualTo(original.ok("VM.get_record", vm));
        assertThat(after.list("network.get_by_name_label", "load-3")).hasSize(1);
        assertThat(after.list("network.get_by_name_label", "gone after the restore"))
                .isEmpty();
        String local = after.first("SR.get_by_name_label", "Local storage");
        assertThat(after.ok("PBD.get_device_config", after.first("SR.get_PBDs", local))
                        .get("location")
                        .asText())
                .as("the repository of the data folder is in this data folder")
                .isEqualTo(target.data().resolve("storage").toString());
        after.ok("VM.start", after.vm("made here"), false, false);
        new JsonClient(target.http()).login(token);
        try (Stream<Path> files = Files.list(target.data())) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .anyMatch(name -> name.startsWith("jxapi-before-restore-"));
        }
    }

    private static String macs(Calls calls) throws Exception {
        List<String> macs = new ArrayList<>();
        for (String pif : calls.list("PIF.get_all")) {
            macs.add(calls.text("PIF.get_device", pif) + "=" + calls.text("PIF.get_MAC", pif));
        }
        macs.sort(null);
        return String.join(" ", macs);
    }

    /** The command, on a machine where jxapid does not run, takes the same file. */
    @Test
    @Order(5)
    void xeSavesAndRestoresTheDatabase() throws Exception {
        Path here = source.folder();
        Path file = folder.resolve("pool.dump");
        ThinClient client = new ThinClient(source.socket());
        client.run("network-create", "name-label=before");
        XeProcess.ok(here, "pool-dump-database", "file-name=" + file);
        client.run("network-create", "name-label=after");
        assertThat(XeProcess.ok(here, "pool-restore-database", "file-name=" + file, "dry-run=true"))
                .contains("Dry-run backup restore successful");
        XeProcess unsure = XeProcess.run(here, "pool-restore-database", "file-name=" + file);
        assertThat(unsure.status()).isNotZero();
        assertThat(unsure.said()).contains("--force");
        XeProcess.ok(here, "pool-restore-database", "file-name=" + file, "--force");
        source.awaitRestart();
        assertThat(networks(client)).contains("before").doesNotContain("after");
        client.run("network-create", "name-label=after");
        source.restartAfter(() -> {
            Process restore = DaemonProcess.launch(
                    here, List.of("--data-dir", source.data().toString(), "--restore-database", file.toString()));
            assertThat(restore.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(restore.exitValue()).as(Files.readString(source.log())).isZero();
        });
        assertThat(networks(client)).contains("before").doesNotContain("after");
    }

    private static List<String> networks(ThinClient client) throws Exception {
        return List.of(client.run("network-list", "params=name-label", "--minimal")
                .ok()
                .split(","));
    }
}
