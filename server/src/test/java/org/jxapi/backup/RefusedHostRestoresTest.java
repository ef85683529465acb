package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;

/** Files that are no whole backup of a host that this version can use: nothing changes. */
class RefusedHostRestoresTest {
    private static final String HEAD = "jxapi-host-backup.json";

    @TempDir
    Path folder;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static byte[] backup;
    private static Map<String, byte[]> files;

    @BeforeAll
    static void download() throws Exception {
        backup = HostBackups.download(daemon, calls);
        files = HostBackups.files(backup);
    }

    private static String refused(byte[] file) throws Exception {
        List<String> error = Uploads.error(HostBackups.restore(daemon, calls, file));
        assertThat(error.get(0)).isEqualTo("RESTORE_SCRIPT_FAILED");
        assertThat(error.get(1)).contains("cannot be restored").endsWith("Nothing has changed.");
        return error.get(1);
    }

    private static String refused(Map<String, byte[]> changed) throws Exception {
        return refused(HostBackups.of(changed));
    }

    private static Map<String, byte[]> with(String name, byte[] content) {
        Map<String, byte[]> changed = new LinkedHashMap<>(files);
        changed.put(name, content);
        return changed;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        try (Stream<Path> left = Files.list(daemon.data())) {
            assertThat(left.map(each -> each.getFileName().toString()))
                    .noneMatch(name -> name.contains("host-") || name.contains("staged"));
        }
        assertThat(calls.list("pool.get_all")).hasSize(1);
    }

    @Test
    void aTruncatedBackupIsRefused() throws Exception {
        int sums = backup.length;
        for (int at = 0; backup[at] != 0; at += 512 + Uploads.whole(Uploads.size(backup, at))) {
            sums = at;
        }
        for (int length : List.of(0, 100, 512, 2000, backup.length / 2, sums, sums + 512, sums + 600)) {
            String task = new Uploads(daemon, calls).task("restore");
            String target = Uploads.withTask("/host_restore", task);
            try (Http http = new Http(
                    daemon, "PUT", target, new Uploads(daemon, calls).auth(), "content-length: " + backup.length)) {
                http.send(Arrays.copyOf(backup, length));
                http.endOutput();
                assertThat(Uploads.error(new Uploads(daemon, calls).ended(task)).get(1))
                        .contains("truncated");
            }
        }
    }

    @Test
    void aBackupWhoseEndIsCutOffAtAnEntryIsRefused() throws Exception {
        byte[] cut = Uploads.join(HostBackups.entry(HEAD, '0', files.get(HEAD)), new byte[1024]);
        assertThat(refused(cut)).contains("it ends without its check sums");
    }

    @Test
    void aDamagedBackupIsRefused() throws Exception {
        for (int at : List.of(3, 600, 4000, backup.length / 2, backup.length - 2000)) {
            byte[] damaged = backup.clone();
            damaged[at] ^= 1;
            refused(damaged);
        }
    }

    @Test
    void anArchiveReachesNoOtherFile() throws Exception {
        for (String name : List.of(
                "../escaped",
                "/etc/escaped",
                "blobs/../../escaped",
                "blobs/",
                "blobs",
                "./root-password",
                "storage/disk",
                "restore.json",
                "jxapi.mv.db",
                "rrds/journal-1/x",
                "x".repeat(100))) {
            assertThat(refused(with(name, text("x")))).contains("which no backup has");
        }
        assertThat(daemon.folder().resolve("escaped")).doesNotExist();
        byte[] head = HostBackups.entry(HEAD, '0', files.get(HEAD));
        for (char type : List.of('1', '2', '3', '4', '5', '6', 'L', 'x', 'g')) {
            assertThat(refused(Uploads.join(head, HostBackups.entry("root-password", type, new byte[0]))))
                    .contains("\"root-password\" is no plain file");
        }
    }

    @Test
    void oddEntriesAreRefused() throws Exception {
        byte[] head = HostBackups.entry(HEAD, '0', files.get(HEAD));
        byte[] twice = HostBackups.entry("root-password", '0', text("x"));
        assertThat(refused(Uploads.join(head, twice, twice))).contains("root-password twice");
        assertThat(refused(Uploads.join(head, head))).contains("which no backup has");
        assertThat(refused(with("root-password", new byte[(1 << 20) + 1]))).contains("1048577 bytes");
        byte[] size = text("\u00ff".repeat(11));
        assertThat(refused(Uploads.join(head, Uploads.entry("root-password", '0', size))))
                .contains("size");
        byte[] huge = Uploads.entry("database.zip", '0', text("777777777777"));
        assertThat(refused(Uploads.join(head, huge))).contains("truncated");
    }

    @Test
    void aSizeThatTheDiskDoesNotHaveIsRefused() throws Exception {
        byte[] size = new byte[12];
        size[0] = (byte) 0x80;
        size[5] = 1;
        byte[] archive =
                Uploads.join(HostBackups.entry(HEAD, '0', files.get(HEAD)), Uploads.entry("database.zip", '0', size));
        assertThat(Uploads.error(HostBackups.restore(daemon, calls, archive)).get(0))
                .isEqualTo("OUT_OF_SPACE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"schema\" : | \"schema\" : 9000, \"was\" : | newer than jxapi",
                "\"format\" : 1 | \"format\" : 2 | Upgrade jxapi on this host first",
                "\"format\" : 1 | \"format\" : 0 | form has the number 0",
                "\"product\" : \"jxapi\" | \"product\" : \"other\" | it is no backup of jxapi",
                "{ | [ | cannot be read",
            })
    void aBackupThatThisVersionDoesNotKnowIsRefused(String from, String to, String expected) throws Exception {
        String head = new String(files.get(HEAD), StandardCharsets.UTF_8);
        assertThat(head).contains(from);
        assertThat(refused(with(HEAD, text(head.replace(from, to))))).contains(expected);
    }

    @Test
    void contentsThatAStartCannotUseAreRefused() throws Exception {
        Map<String, byte[]> without = new LinkedHashMap<>(files);
        without.remove("database.zip");
        assertThat(refused(without)).contains("it has no database");
        byte[] zip = files.get("database.zip").clone();
        Arrays.fill(zip, zip.length / 2, zip.length / 2 + 100, (byte) 7);
        assertThat(refused(with("database.zip", zip))).contains("its database cannot be used");
        assertThat(refused(with("database.zip", text("H2")))).contains("its database cannot be used");
        assertThat(refused(with("certificate.p12", text("none")))).contains("certificate.p12");
        assertThat(refused(with("root-password", text("\n")))).contains("root-password");
    }

    @Test
    void otherFilesAreNoBackups() throws Exception {
        assertThat(refused(new byte[4096])).contains("truncated");
        assertThat(refused(text("<?xml".repeat(1000)))).contains("no backup of a host");
        assertThat(refused(HostBackups.entry("ova.xml", '0', text("x")))).contains("no backup of a host");
        try (Http http = new Http(
                daemon, "PUT", "/host_restore", new Uploads(daemon, calls).auth(), "transfer-encoding: chunked")) {
            assertThat(http.head()).contains(" 400 ");
        }
    }

    @Test
    void xeShowsTheReason() throws Exception {
        Path file = Files.write(folder.resolve("cut"), Arrays.copyOf(backup, backup.length / 2));
        String host = calls.text("host.get_uuid", calls.first("host.get_all"));
        XeProcess xe = XeProcess.run(daemon.folder(), "host-restore", "file-name=" + file, "uuid=" + host);
        assertThat(xe.status()).isEqualTo(1);
        assertThat(xe.said()).contains("it is truncated. Nothing has changed.");
    }
}
