package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Http;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.Program;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TestCertificates;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;

/** A host that is saved and restored by xe. Upstream: xapi_host_backup.ml, host_backup of cli_operations.ml. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostBackupTest {
    @TempDir
    static Path folder;

    @RegisterExtension
    static final RunningDaemon source = RunningDaemon.onSimulator();

    @RegisterExtension
    static final RunningDaemon target = RunningDaemon.onSimulator();

    private static final byte[] PICTURE = {1, 2, 3, 4};

    private static Path file;
    private static String token;
    private static String blob;
    private static String running;

    private static String host(RunningDaemon daemon) throws Exception {
        return "uuid=" + daemon.calls().text("host.get_uuid", daemon.calls().first("host.get_all"));
    }

    private static void backup(RunningDaemon daemon, Path to) throws Exception {
        XeProcess.ok(daemon.folder(), "host-backup", "file-name=" + to, host(daemon));
    }

    private static List<String> names(Path dir) throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.map(each -> each.getFileName().toString()).toList();
        }
    }

    @Test
    @Order(1)
    void aBackupUnderLoadHasAllButDisks() throws Exception {
        Calls calls = source.calls();
        calls.ok("session.change_password", source.password(), "another word");
        XeProcess.ok(source.folder(), "host-reset-server-certificate");
        calls.ok("pool.install_ca_certificate", "ours.pem", authority());
        token = calls.text("host.call_plugin", calls.first("host.get_all"), "jxapi-token", "create", Map.of());
        running = calls.vm("running");
        calls.ok("VM.start", running, false, false);
        blob = calls.text("VM.create_new_blob", running, "picture", "image/png", false);
        new Uploads(source, calls).put("/blob?ref=" + blob, PICTURE);
        String sr = calls.first("SR.get_by_name_label", "Local storage");
        new Uploads(source, calls).disk(sr, 2);
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String network = calls.text("network.create", network("load-" + i));
            Thread writer = new Thread(() -> number(network, stop));
            writer.start();
            writers.add(writer);
        }
        file = folder.resolve("host.backup");
        backup(source, file);
        stop.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        List<String> entries =
                Program.run(folder, "tar", "tf", file.toString()).ok().lines().toList();
        assertThat(entries)
                .startsWith("jxapi-host-backup.json", "database.zip", "root-password")
                .endsWith("SHA256SUMS")
                .contains("certificate.p12", "pool-certificate.p12", "host.properties")
                .anyMatch(name -> name.startsWith("rrds/journal-"))
                .noneMatch(name -> name.contains("storage") || name.contains("log") || name.contains("simulator"));
        assertThat(entries.stream().filter(name -> name.startsWith("blobs/"))).hasSize(1);
        Path unpacked = Files.createDirectory(folder.resolve("unpacked"));
        Program.run(unpacked, "tar", "xf", file.toString()).ok();
        Program.run(unpacked, "sha256sum", "--strict", "-c", "SHA256SUMS").ok();
        assertThat(names(source.data())).noneMatch(name -> name.startsWith("jxapi-host-"));
        assertThat(Files.readString(source.data().resolve("audit.log"))).contains("http/get_host_backup");
    }

    private static String authority() throws Exception {
        return TestCertificates.pem(
                TestCertificates.selfSigned(TestCertificates.Request.of("ours", TestCertificates.rsa(2048))
                                .asAuthority())
                        .certificate());
    }

    private static Map<String, Object> network(String name) {
        return Map.of("name_label", name, "name_description", "0", "MTU", 1500, "other_config", Map.of());
    }

    private static void number(String network, AtomicBoolean stop) {
        try {
            Calls own = new Calls(source);
            for (int n = 1; !stop.get(); n++) {
                own.ok("network.set_name_description", network, Integer.toString(n));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Order(2)
    void anotherDataFolderGetsTheSameHost() throws Exception {
        Calls original = source.calls();
        String gone = target.calls().vm("gone after the restore");
        XeProcess.ok(target.folder(), "host-restore", "file-name=" + file, host(target));
        target.awaitRestart();
        assertThat(target.password()).isEqualTo("another word");
        Calls after = target.calls();
        for (String kind : List.of("pool", "host", "network", "SR", "Certificate", "PIF")) {
            assertThat(uuids(after, kind)).as(kind).isEqualTo(uuids(original, kind));
        }
        String host = after.first("host.get_all");
        assertThat(after.text("host.get_server_certificate", host))
                .isEqualTo(original.text("host.get_server_certificate", host));
        for (String name : List.of("pool-certificate.p12", "certificate.p12", "root-password")) {
            Path restored = target.data().resolve(name);
            assertThat(restored).hasSameBinaryContentAs(source.data().resolve(name));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(restored)))
                    .isEqualTo("rw-------");
        }
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(target.data().resolve("blobs"))))
                .isEqualTo("rwx------");
        new JsonClient(target.http()).login(token);
        assertThat(new Uploads(target, after).get("/blob?ref=" + blob)).isEqualTo(PICTURE);
        assertThat(after.text("VM.get_power_state", running))
                .as("it runs at the other machine")
                .isEqualTo("Halted");
        assertThat(after.error("VM.get_uuid", gone).get(0)).isEqualTo("HANDLE_INVALID");
        String local = after.first("SR.get_by_name_label", "Local storage");
        assertThat(after.ok("PBD.get_device_config", after.first("SR.get_PBDs", local))
                        .get("location")
                        .asText())
                .isEqualTo(target.data().resolve("storage").toString());
        after.ok("VM.start", after.vm("made here"), false, false);
        assertThat(names(target.data()))
                .anyMatch(name -> name.startsWith("jxapi-before-host-restore-"))
                .anyMatch(name -> name.startsWith("jxapi-before-restore-"))
                .noneMatch(name -> name.startsWith("jxapi-host-"));
        assertThat(Files.readString(target.data().resolve("audit.log"))).contains("http/put_host_restore");
    }

    private static List<String> uuids(Calls calls, String kind) throws Exception {
        List<String> all = new ArrayList<>();
        for (String ref : calls.list(kind + ".get_all")) {
            all.add(calls.text(kind + ".get_uuid", ref));
        }
        all.sort(null);
        return all;
    }

    @Test
    @Order(3)
    void aRunningVmRunsOnThroughARestore() throws Exception {
        Calls calls = source.calls();
        String domid = calls.text("VM.get_domid", running);
        String later = calls.vm("after the backup");
        calls.ok("VM.start", later, false, false);
        String uuid = calls.text("VM.get_uuid", later);
        XeProcess.ok(source.folder(), "host-restore", "file-name=" + file, host(source));
        source.awaitRestart();
        Calls after = source.calls();
        assertThat(after.text("VM.get_power_state", running)).isEqualTo("Running");
        assertThat(after.text("VM.get_domid", running)).isEqualTo(domid);
        assertThat(after.text("VM.get_power_state", after.text("VM.get_by_uuid", uuid)))
                .as("a domain that the backup does not know appears as one of another tool")
                .isEqualTo("Running");
        String sr = after.first("SR.get_by_name_label", "Local storage");
        assertThat(after.list("SR.get_VDIs", sr)).as("disks stay").hasSize(1);
    }

    @Test
    @Order(4)
    void theDatabaseOfABackupIsOneOfTheHourlyBackups() throws Exception {
        source.calls().vm("gone again");
        source.restartAfter(() -> {
            Process restore = DaemonProcess.launch(
                    source.folder(),
                    List.of(
                            "--data-dir",
                            source.data().toString(),
                            "--restore-database",
                            folder.resolve("unpacked/database.zip").toString()));
            assertThat(restore.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(restore.exitValue()).isZero();
        });
        assertThat(source.calls().list("VM.get_by_name_label", "gone again")).isEmpty();
    }

    @Test
    @Order(5)
    void transfersTakeATaskAndNeedThePoolAdmin() throws Exception {
        Calls calls = source.calls();
        Uploads uploads = new Uploads(source, calls);
        String task = uploads.task("backup");
        byte[] whole = uploads.get(Uploads.withTask("/host_backup", task));
        JsonNode record = uploads.ended(task);
        assertThat(record.get("status").asText()).isEqualTo("success");
        assertThat(record.get("progress").asDouble()).isEqualTo(1.0);
        assertThat(new String(whole, 0, 22, StandardCharsets.US_ASCII)).isEqualTo("jxapi-host-backup.json");
        try (Http http = new Http(source, "GET", "/host_backup")) {
            assertThat(http.head()).contains(" 401 ", "realm=\"get_host_backup\"");
        }
        try (Http http = new Http(source, "PUT", "/host_restore", "content-length: 10")) {
            assertThat(http.head()).contains(" 401 ", "realm=\"put_host_restore\"");
        }
        String host = calls.first("host.get_all");
        String operator =
                calls.text("host.call_plugin", host, "jxapi-token", "create", Map.of("role", "pool-operator"));
        String session = new JsonClient(source.http()).login(operator);
        try (Http http = new Http(source, "GET", "/host_backup?session_id=" + session)) {
            assertThat(http.head()).contains(" 403 ");
        }
        try (Http http = new Http(source, "PUT", "/host_restore?session_id=" + session, "content-length: 10")) {
            assertThat(http.head()).contains(" 403 ");
        }
    }

    /** XAPI reads a body without a length until the client ends it. */
    @Test
    @Order(6)
    void aBackupWithoutALengthIsReadToItsEnd() throws Exception {
        Uploads uploads = new Uploads(source, source.calls());
        String task = uploads.task("restore");
        try (Http http = new Http(source, "PUT", Uploads.withTask("/host_restore", task), uploads.auth())) {
            assertThat(http.head()).contains(" 200 OK");
            http.send(Files.readAllBytes(file));
            http.endOutput();
            assertThat(uploads.ended(task).get("status").asText()).isEqualTo("success");
        }
        source.awaitRestart();
    }
}
