package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.HostMounts;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/**
 * Types nfs, smb and iso on exports and shares. Programs stand for the servers: they write down how they are called, and
 * bind a local folder to the place. Settings, answers and errors are those of NFSSR.py, nfs.py, SMBSR.py and ISOSR.py.
 */
@EnabledIf("org.jxapi.harness.HostMounts#possible")
class NetworkRepositoryTest {
    private static final long MIB = 1 << 20;
    private static final String BIND = """
            echo "$(basename "$0") $* USER=$USER PASSWD=$PASSWD" >>"$folder/calls"
            source="$folder/exports/${1#*:}"
            case $1 in //*) source="$folder/shares/${1#//}" ;; esac
            case $* in *vers=3.0*) [ ! -e "$folder/old-smb" ] || { echo "vers=3.0 refused" >&2; exit 32; } ;; esac
            if [ ! -d "$source" ]; then
                echo "mount.nfs: mounting $1 failed, reason given by server: No such file or directory" >&2
                exit 32
            fi
            exec mount --bind "$source" "$2"
            """;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.withPrograms(
            Map.of(
                    "mount.nfs",
                    BIND,
                    "mount.cifs",
                    BIND,
                    "showmount",
                    "cat \"$folder/showmount\"\n",
                    "rpcinfo",
                    "printf '   program version(s) netid(s) service owner\\n    100003  3,4  tcp,tcp6 nfs superuser\\n'\n"),
            "--storage-timeout",
            "20");

    private static final Calls calls = daemon.calls();
    private static final ThinClient xe = new ThinClient(daemon.socket());
    private static ServerSocket nfs;

    @BeforeAll
    static void serve() throws IOException {
        nfs = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @AfterAll
    static void clean() throws IOException {
        nfs.close();
        HostMounts.unmountBelow(daemon.folder());
    }

    private static Path export(String name) throws IOException {
        return Files.createDirectories(daemon.folder().resolve("exports").resolve(name));
    }

    private static Path share(String name) throws IOException {
        return Files.createDirectories(daemon.folder().resolve("shares").resolve(name));
    }

    private static Map<String, String> nfsConfig(String path) {
        Map<String, String> config = new HashMap<>();
        config.put("server", "127.0.0.1");
        config.put("serverpath", path);
        config.put("options", "port=" + nfs.getLocalPort());
        return config;
    }

    private static String host() throws Exception {
        return calls.first("host.get_all");
    }

    private static String create(String type, Map<String, String> config) throws Exception {
        return calls.text("SR.create", host(), config, 0, "made", "", type, "user", true, Map.of());
    }

    private static List<String> error(String type, Map<String, String> config) throws Exception {
        return calls.error("SR.create", host(), config, 0, "made", "", type, "user", true, Map.of());
    }

    private static List<String> called(String program) throws IOException {
        return Files.readAllLines(daemon.folder().resolve("calls")).stream()
                .filter(line -> line.startsWith(program))
                .toList();
    }

    private static Path place(String sr) throws Exception {
        return daemon.data().resolve("sr-mount").resolve(calls.text("SR.get_uuid", sr));
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void remove(String sr) throws Exception {
        for (String vdi : calls.list("SR.get_VDIs", sr)) {
            calls.ok("VDI.destroy", vdi);
        }
        calls.ok("PBD.unplug", calls.first("SR.get_PBDs", sr));
        calls.ok("SR.destroy", sr);
    }

    @Test
    void anNfsExportLivesThroughTheCommandsOfXenServersGuides() throws Exception {
        Path export = export("vol1");
        String port = "device-config:options=port=" + nfs.getLocalPort();
        String uuid = xe.run(
                        "sr-create",
                        "content-type=user",
                        "name-label=NFS",
                        "shared=true",
                        "device-config:server=127.0.0.1",
                        "device-config:serverpath=/vol1",
                        port,
                        "type=nfs")
                .ok();
        String sr = calls.text("SR.get_by_uuid", uuid);
        assertThat(files(export)).containsExactly(uuid);
        assertThat(called("mount.nfs"))
                .anySatisfy(line -> assertThat(line)
                        .contains("127.0.0.1:/vol1/" + uuid + " " + place(sr))
                        .contains("soft,proto=tcp,vers=3,acdirmin=0,acdirmax=0,timeo=200,retrans=4,port="));
        String vdi = calls.vdi(sr, MIB);
        assertThat(files(export.resolve(uuid)))
                .anySatisfy(name -> assertThat(name).startsWith(calls.text("VDI.get_location", vdi)));
        String vm = calls.vm("on NFS");
        calls.ok("VBD.create", Calls.vbdRecord(vm, vdi));
        calls.ok("VM.start", vm, false, false);
        assertThat(calls.error("PBD.unplug", calls.first("SR.get_PBDs", sr))).startsWith("VDI_IN_USE");
        calls.ok("VM.hard_shutdown", vm);
        assertThat(xe.run(
                                "sr-probe",
                                "type=nfs",
                                "device-config:server=127.0.0.1",
                                "device-config:serverpath=/vol1",
                                port)
                        .ok())
                .as("scan_srlist of nfs.py")
                .isEqualTo("<?xml version=\"1.0\" ?>\n<SRlist>\n\t<SR>\n\t\t<UUID>" + uuid
                        + "</UUID>\n\t</SR>\n</SRlist>\n");
        JsonNode probed = calls.ok("SR.probe_ext", host(), nfsConfig("/vol1"), "nfs", Map.of());
        assertThat(probed.get(0).get("sr").get("uuid").asText()).isEqualTo(uuid);
        Map<String, String> versions = nfsConfig("/vol1");
        versions.put("probeversion", "");
        assertThat(calls.text("SR.probe", host(), versions, "nfs", Map.of()))
                .contains("\t<SupportedVersions>\n\t\t<Version>3</Version>\n\t\t<Version>4</Version>\n");
        remove(sr);
        assertThat(files(export)).isEmpty();
        assertThat(files(daemon.data().resolve("sr-mount")))
                .as("nothing is mounted or left of the repository and the probes")
                .noneMatch(name -> name.contains(uuid) || name.startsWith("probe"));
    }

    @Test
    void anNfsRepositoryOfAnotherHostIsIntroduced() throws Exception {
        Path export = export("vol2");
        String uuid = UUID.randomUUID().toString();
        String disk = UUID.randomUUID().toString();
        Files.write(Files.createDirectory(export.resolve(uuid)).resolve(disk + ".raw"), new byte[(int) MIB]);
        Files.createSymbolicLink(export.resolve(uuid).resolve("link.raw"), Path.of("/etc/passwd"));
        String sr = calls.text("SR.introduce", uuid, "theirs", "", "nfs", "user", true, Map.of());
        Map<String, Object> pbd = Map.of("host", host(), "SR", sr, "device_config", nfsConfig("/vol2"));
        calls.ok("PBD.plug", calls.text("PBD.create", pbd));
        assertThat(calls.list("SR.get_VDIs", sr))
                .as("no link leads a guest out of the export")
                .hasSize(1);
        assertThat(calls.text("VDI.get_by_uuid", disk)).isNotEmpty();
        remove(sr);
    }

    @Test
    void theExportsAreOfferedWhenThePathIsMissing() throws Exception {
        Files.writeString(daemon.folder().resolve("showmount"), "/vol1 *\n/vol2 10.0.0.0/24,host\n");
        Map<String, String> config = Map.of("server", "127.0.0.1", "options", "port=" + nfs.getLocalPort());
        List<String> error = calls.error("SR.probe", host(), config, "nfs", Map.of());
        assertThat(error.subList(0, 3))
                .containsExactly("SR_BACKEND_FAILURE_101", "", "The request is missing the serverpath parameter");
        assertThat(error.get(3))
                .startsWith("<?xml version=\"1.0\" ?>\n<nfs-exports>\n\t<Export>\n\t\t<Target>127.0.0.1</Target>\n"
                        + "\t\t<Path>/vol1</Path>\n\t\t<Accesslist>*</Accesslist>\n\t</Export>\n")
                .contains("<Accesslist>10.0.0.0/24,host</Accesslist>");
    }

    @Test
    void wrongSettingsOfNfsHaveTheErrorsOfXenServer() throws Exception {
        assertThat(error("nfs", Map.of("serverpath", "/vol1")))
                .containsExactly("SR_BACKEND_FAILURE_102", "", "The request is missing the server parameter", "");
        assertThat(error("nfs", Map.of("server", "127.0.0.1")).get(0)).isEqualTo("SR_BACKEND_FAILURE_101");
        assertThat(error("nfs", nfsConfig("/no-such")))
                .element(2)
                .asString()
                .contains(
                        "NFS mount error [opterr=mount.nfs: mounting 127.0.0.1:/no-such failed, reason given by server");
        Map<String, String> version = nfsConfig("/vol1");
        version.put("nfsversion", "2");
        assertThat(error("nfs", version).get(0)).isEqualTo("SR_BACKEND_FAILURE_72");
        Map<String, String> closed = nfsConfig("/vol1");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            closed.put("options", "port=" + free.getLocalPort());
        }
        assertThat(error("nfs", closed).get(0)).isEqualTo("SR_BACKEND_FAILURE_108");
        assertThat(error("nfs", Map.of("server", "no.such.host.invalid", "serverpath", "/x"))
                        .get(0))
                .isEqualTo("SR_BACKEND_FAILURE_140");
        assertThat(calls.ok("SR.get_by_name_label", "made")).isEmpty();
    }

    @Test
    void theWholeExportIsTheRepositoryWithoutASubfolder() throws Exception {
        Path export = export("vol3");
        String sr = calls.text(
                "SR.create",
                host(),
                nfsConfig("/vol3"),
                0,
                "whole",
                "",
                "nfs",
                "user",
                true,
                Map.of("nosubdir", "true"));
        calls.vdi(sr, MIB);
        String uuid = calls.text("SR.get_uuid", sr);
        assertThat(files(export)).doesNotContain(uuid).isNotEmpty();
        remove(sr);
        assertThat(export).exists();
    }

    @Test
    void anSmbShareIsUsedWithAPasswordThatNobodySees() throws Exception {
        Path share = share("127.0.0.1/disks");
        Map<String, String> config =
                Map.of("server", "//127.0.0.1/disks", "username", "CORP\\joe", "password", "s3cret");
        String sr = create("smb", config);
        assertThat(files(share)).containsExactly(calls.text("SR.get_uuid", sr));
        assertThat(called("mount.cifs"))
                .anySatisfy(line -> assertThat(line)
                        .contains("-o cache=loose,vers=3.0,actimeo=0,domain=CORP USER=joe PASSWD=s3cret"));
        assertThat(calls.ok("PBD.get_device_config", calls.first("SR.get_PBDs", sr))
                        .toString())
                .doesNotContain("s3cret");
        assertThat(Files.readString(daemon.log())).doesNotContain("s3cret");
        calls.vdi(sr, MIB);
        calls.ok("SR.scan", sr);
        remove(sr);
        assertThat(error("smb", Map.of("username", "joe")).get(0)).isEqualTo("SR_BACKEND_FAILURE_102");
        assertThat(error("smb", Map.of("server", "//127.0.0.1/none")).get(0)).isEqualTo("SR_BACKEND_FAILURE_111");
        assertThat(error("smb", Map.of("server", "nas")).get(0)).isEqualTo("SR_BACKEND_FAILURE_111");
        assertThat(called("mount.cifs").get(called("mount.cifs").size() - 1)).contains("guest");
    }

    @Test
    void discsComeFromNfsAndFromSmb() throws Exception {
        Files.createFile(export("isos").resolve("debian.iso"));
        Map<String, String> config =
                Map.of("location", "127.0.0.1:/isos", "type", "nfs_iso", "options", "-o port=" + nfs.getLocalPort());
        String sr = calls.text("SR.create", host(), config, 0, "discs", "", "iso", "iso", true, Map.of());
        assertThat(calls.ok("SR.get_sm_config", sr).get("iso_type").asText()).isEqualTo("nfs_iso");
        assertThat(calls.list("SR.get_VDIs", sr)).hasSize(1);
        calls.ok("PBD.unplug", calls.first("SR.get_PBDs", sr));
        calls.ok("SR.forget", sr);

        Files.createFile(share("127.0.0.1/media/linux").resolve("a.ISO"));
        Files.createFile(daemon.folder().resolve("old-smb"));
        Map<String, String> smb = Map.of(
                "location",
                "\\\\127.0.0.1\\media",
                "type",
                "cifs",
                "username",
                "joe",
                "cifspassword",
                "s3cret",
                "iso_path",
                "/linux");
        String share = calls.text("SR.create", host(), smb, 0, "discs", "", "iso", "iso", true, Map.of());
        assertThat(calls.list("SR.get_VDIs", share)).hasSize(1);
        assertThat(called("mount.cifs"))
                .as("a server that speaks version 1 alone")
                .anyMatch(line -> line.contains("vers=1.0"));
        Files.delete(daemon.folder().resolve("old-smb"));
        calls.ok("PBD.unplug", calls.first("SR.get_PBDs", share));
        calls.ok("SR.forget", share);

        List<String> errors = new ArrayList<>();
        errors.add(error("iso", Map.of("location", "nas", "type", "nfs_iso")).get(0));
        errors.add(error("iso", Map.of("location", "//nas", "type", "cifs")).get(0));
        errors.add(error("iso", Map.of("location", "//nas/x", "type", "cifs", "vers", "2.0"))
                .get(0));
        errors.add(error("iso", Map.of("location", "//127.0.0.1/none")).get(0));
        errors.add(error("iso", Map.of("location", "//127.0.0.1/media", "iso_path", "../.."))
                .get(0));
        assertThat(errors)
                .containsExactly(
                        "SR_BACKEND_FAILURE_225",
                        "SR_BACKEND_FAILURE_225",
                        "SR_BACKEND_FAILURE_227",
                        "SR_BACKEND_FAILURE_222",
                        "SR_BACKEND_FAILURE_224");
    }
}
