package org.jxapi.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DiskFiles;
import org.jxapi.harness.RunningDaemon;

/**
 * No two storage repositories share a folder. XAPI answers SR_DEVICE_IN_USE, without parameters, when a driver says that
 * its device is in use (sm_exec.ml, fault 16).
 */
class RepositoryFoldersTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    /** The repositories are next to the daemon's own data. */
    private static final Path folder = daemon.folder();

    private static final Calls calls = daemon.calls();

    @BeforeAll
    static void start() throws Exception {
        Files.createDirectories(folder.resolve("taken/in"));
        Files.createDirectory(folder.resolve("disks"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("disks"));
        Files.createSymbolicLink(folder.resolve("above"), folder);
        calls.ok("SR.create", parameters("file", folder.resolve("disks").toString()));
        calls.ok("SR.create", parameters("iso", folder.resolve("taken/in").toString()));
    }

    private static Object[] parameters(String type, String location) throws Exception {
        Map<String, String> config = Map.of("location", location);
        return new Object[] {calls.first("host.get_all"), config, 0, "made", "", type, "user", false, Map.of()};
    }

    private static String introduced(String type) throws Exception {
        return calls.text("SR.introduce", "", "old", "", type, "user", false, Map.of());
    }

    private static Map<String, Object> pbd(String sr, String location) throws Exception {
        Map<String, String> config = Map.of("location", location);
        return Map.of("host", calls.first("host.get_all"), "SR", sr, "device_config", config);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "disks", // another's folder
                "disks/",
                "taken/../disks",
                "link",
                "above/disks",
                "above/above/link", // the same by another name
                "disks/below",
                "link/below/deep", // in another's folder
                "taken",
                "taken/in/",
                ".",
                "above", // holds another's folder
                "data",
                "data/simulator",
                "data/simulator/disks",
                "above/data/new", // the daemon's own data
                "data/storage",
                "data/storage/more",
                "data/iso" // repositories of the first start
            })
    void aFolderThatIsNotFreeIsRefused(String place) throws Exception {
        String location = folder + "/" + place;
        for (String type : List.of("file", "iso")) {
            int before = calls.list("SR.get_all").size();
            assertThat(calls.error("SR.create", parameters(type, location))).containsExactly("SR_DEVICE_IN_USE");
            assertThat(calls.list("SR.get_all")).hasSize(before);
            String sr = introduced(type);
            assertThat(calls.error("PBD.create", pbd(sr, location))).containsExactly("SR_DEVICE_IN_USE");
            calls.ok("SR.forget", sr);
        }
        assertThat(folder.resolve("disks/below")).doesNotExist();
        assertThat(folder.resolve("data/new")).doesNotExist();
    }

    @Test
    void aLinkThatComesLaterIsRefusedWhenThePbdIsPlugged() throws Exception {
        String sr = introduced("file");
        String pbd = calls.text("PBD.create", pbd(sr, folder.resolve("later").toString()));
        Files.createSymbolicLink(folder.resolve("later"), folder.resolve("disks"));
        assertThat(calls.error("PBD.plug", pbd)).containsExactly("SR_DEVICE_IN_USE");
        assertThat(calls.ok("PBD.get_currently_attached", pbd).asBoolean()).isFalse();
        calls.ok("SR.forget", sr);
        Files.delete(folder.resolve("later"));
    }

    /** PBD.set_device_config is for sessions of storage managers (sm.ml assert_session_has_internal_sr_access). */
    @Test
    void aPbdCannotBeLedIntoAFolderThatIsNotFree() throws Exception {
        String sr =
                calls.text("SR.create", parameters("file", folder.resolve("led").toString()));
        String pbd = calls.first("SR.get_PBDs", sr);
        String session = calls.session();
        calls.ok("session.add_to_other_config", session, "_sm_session", sr);
        Map<String, String> taken = Map.of("location", folder.resolve("disks").toString());
        assertThat(calls.error("PBD.set_device_config", pbd, taken)).containsExactly("SR_DEVICE_IN_USE");
        Map<String, String> free = Map.of("location", folder.resolve("free").toString(), "password", "geheim");
        calls.ok("PBD.set_device_config", pbd, free);
        assertThat(calls.ok("PBD.get_device_config", pbd).path("password").isMissingNode())
                .isTrue();
        calls.ok("session.remove_from_other_config", session, "_sm_session");
        calls.ok("PBD.unplug", pbd);
        calls.ok("SR.forget", sr);
    }

    @Test
    void aRepositoryCanBeUnpluggedPluggedForgottenAndIntroducedInItsOwnFolder() throws Exception {
        String location = folder.resolve("own").toString();
        String sr = calls.text("SR.create", parameters("file", location));
        String uuid = calls.text("VDI.get_uuid", calls.vdi(sr, MIB));
        String pbd = calls.first("SR.get_PBDs", sr);
        calls.ok("PBD.unplug", pbd);
        calls.ok("PBD.plug", pbd);
        calls.ok("PBD.unplug", pbd);
        calls.ok("SR.forget", sr);
        String again = introduced("file");
        String other = calls.text("PBD.create", pbd(again, location));
        calls.ok("PBD.plug", other);
        assertThat(calls.list("SR.get_VDIs", again)).containsExactly(calls.text("VDI.get_by_uuid", uuid));
        assertThat(DiskFiles.locations(Path.of(location))).containsExactly(uuid);
    }

    @Test
    void aLinkIntoAnotherRepositoryIsNoDisk() throws Exception {
        String victim = calls.text(
                "SR.create", parameters("file", folder.resolve("victim").toString()));
        String vdi = calls.vdi(victim, MIB);
        String uuid = calls.text("VDI.get_uuid", vdi);
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("victim"))) {
            file = files.filter(each ->
                            DiskFiles.location(each.getFileName().toString()).equals(uuid))
                    .findFirst()
                    .orElseThrow();
        }
        String sr = calls.text(
                "SR.create", parameters("file", folder.resolve("linking").toString()));
        Files.createSymbolicLink(folder.resolve("linking/there.raw"), file);
        Files.createSymbolicLink(folder.resolve("linking/data.raw"), folder.resolve("data/jxapi.mv.db"));
        Files.write(folder.resolve("apart"), new byte[4096]);
        Files.createSymbolicLink(folder.resolve("linking/free.raw"), folder.resolve("apart"));
        calls.ok("SR.scan", sr);
        assertThat(calls.list("SR.get_VDIs", sr)).hasSize(1);
        assertThat(calls.text("VDI.get_location", calls.first("SR.get_VDIs", sr)))
                .isEqualTo("free");
        Object[] introduction = {"", "introduced", "", sr, "user", false, false, Map.of(), "there"};
        assertThat(calls.error("VDI.introduce", introduction)).containsExactly("LOCATION_NOT_UNIQUE", sr, "there");
    }
}
