package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/**
 * VMs without their disks, out of the pool and into it: /export_metadata and /import_metadata. The behaviour is that of
 * ocaml/xapi/export.ml (metadata_handler) and ocaml/xapi/import.ml (metadata_handler and the handlers of each class).
 */
class MetadataTransferTest {
    private static final String NULL = "OpaqueRef:NULL";
    private static final Pattern REFERENCE = Pattern.compile("OpaqueRef:[0-9a-f-]+");

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static String sr;

    @BeforeAll
    static void start() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
    }

    /** A halted VM with a disk, a drive without a disc and a network interface. */
    private static String machine(String name) throws Exception {
        String vm = uploads.machine(sr, name, 4);
        var drive = Calls.with(Calls.vbdRecord(vm, NULL), "type", "CD");
        calls.ok("VBD.create", Calls.with(Calls.with(drive, "mode", "RO"), "empty", true));
        calls.ok("VIF.create", Calls.vifRecord(vm, calls.first("network.get_all")));
        return vm;
    }

    private static byte[] export(String query) throws Exception {
        return uploads.get("/export_metadata?" + query);
    }

    /** The VMs that an import made. */
    private static List<String> imported(byte[] archive, String query) throws Exception {
        JsonNode task = uploads.put("/import_metadata?" + query, archive);
        assertThat(task.get("status").asText()).as(task.toString()).isEqualTo("success");
        List<String> made = new ArrayList<>();
        Matcher references = REFERENCE.matcher(task.get("result").asText());
        while (references.find()) {
            made.add(references.group());
        }
        return made;
    }

    /** The error of an import, which leaves nothing. */
    private static List<String> refused(byte[] archive, String query) throws Exception {
        Set<String> before = objects();
        List<String> error = Uploads.error(uploads.put("/import_metadata?" + query, archive));
        assertThat(objects()).isEqualTo(before);
        return error;
    }

    private static Set<String> objects() throws Exception {
        Set<String> all = new HashSet<>();
        for (String kind : List.of("VM", "VBD", "VIF", "VDI", "network", "VM_metrics", "VM_guest_metrics")) {
            all.addAll(calls.list(kind + ".get_all"));
        }
        return all;
    }

    private static String ova(byte[] archive) {
        assertThat(new String(archive, 0, 8, StandardCharsets.US_ASCII)).isEqualTo("ova.xml\0");
        int length = Uploads.size(archive, 0);
        assertThat(archive).as("nothing but ova.xml").hasSize(512 + Uploads.whole(length) + 1024);
        return new String(archive, 512, length, StandardCharsets.UTF_8);
    }

    private static void same(JsonNode before, String vm, String... fields) throws Exception {
        JsonNode after = calls.ok("VM.get_record", vm);
        for (String field : fields) {
            assertThat(after.get(field)).as(field).isEqualTo(before.get(field));
        }
    }

    @Test
    void aVmWithSnapshotsComesBackToItsDisks() throws Exception {
        String vm = machine("whole");
        String first = calls.text("VM.snapshot", vm, "first");
        String second = calls.text("VM.snapshot", vm, "second");
        JsonNode before = calls.ok("VM.get_record", vm);
        JsonNode snapshot = calls.ok("VM.get_record", second);
        String disk = calls.diskOf(vm);
        String frozen = calls.diskOf(second);
        JsonNode vif = calls.ok("VIF.get_record", calls.first("VM.get_VIFs", vm));
        byte[] archive = export("ref=" + vm);
        assertThat(ova(archive)).contains("<value>first</value>", "<value>second</value>");
        for (String gone : List.of(first, second, vm)) {
            calls.ok("VM.destroy", gone);
        }
        String back = imported(archive, "restore=true").get(0);
        same(
                before,
                back,
                "uuid",
                "name_label",
                "memory_static_max",
                "platform",
                "HVM_boot_params",
                "power_state",
                "is_a_template",
                "is_a_snapshot",
                "domain_type",
                "current_operations");
        assertThat(calls.diskOf(back)).isEqualTo(disk);
        assertThat(calls.list("VM.get_VBDs", back)).hasSize(2);
        JsonNode newVif = calls.ok("VIF.get_record", calls.first("VM.get_VIFs", back));
        assertThat(newVif.get("MAC")).isEqualTo(vif.get("MAC"));
        assertThat(newVif.get("uuid")).isEqualTo(vif.get("uuid"));
        assertThat(newVif.get("network")).isEqualTo(vif.get("network"));
        assertThat(calls.list("VM.get_snapshots", back)).hasSize(2);
        String again = calls.text("VM.get_by_uuid", snapshot.get("uuid").asText());
        same(
                snapshot,
                again,
                "name_label",
                "is_a_snapshot",
                "is_a_template",
                "snapshot_time",
                "snapshot_info",
                "transportable_snapshot_id",
                "power_state");
        assertThat(calls.text("VM.get_snapshot_of", again)).isEqualTo(back);
        assertThat(calls.text("VM.get_parent", back)).isEqualTo(again);
        assertThat(calls.diskOf(again)).isEqualTo(frozen);
        calls.ok("VM.revert", again);
        calls.ok("VM.start", back, false, false);
    }

    @Test
    void aSnapshotAloneIsOneOnlyWithItsPlace() throws Exception {
        String vm = machine("alone");
        String snapshot = calls.text("VM.snapshot", vm, "a snapshot");
        String kept = imported(export("ref=" + snapshot), "").get(0);
        assertThat(calls.ok("VM.get_is_a_snapshot", kept).asBoolean()).isTrue();
        assertThat(calls.text("VM.get_snapshot_of", kept)).isEqualTo(NULL);
        String template =
                imported(export("export_snapshots=false&ref=" + snapshot), "").get(0);
        assertThat(calls.ok("VM.get_is_a_snapshot", template).asBoolean()).isFalse();
        assertThat(calls.ok("VM.get_is_a_template", template).asBoolean()).isTrue();
        assertThat(ova(export("export_snapshots=false&ref=" + vm))).doesNotContain("<value>a snapshot</value>");
    }

    @Test
    void aCopyHasItsOwnIdentityAndTheSameDisk() throws Exception {
        String vm = machine("copied");
        String copy =
                imported(export("uuid=" + calls.text("VM.get_uuid", vm)), "").get(0);
        assertThat(calls.text("VM.get_uuid", copy)).isNotEqualTo(calls.text("VM.get_uuid", vm));
        assertThat(calls.ok("VM.get_other_config", copy).get("mac_seed"))
                .isNotEqualTo(calls.ok("VM.get_other_config", vm).get("mac_seed"));
        assertThat(calls.text("VIF.get_MAC", calls.first("VM.get_VIFs", copy)))
                .isNotEqualTo(calls.text("VIF.get_MAC", calls.first("VM.get_VIFs", vm)));
        assertThat(calls.diskOf(copy)).isEqualTo(calls.diskOf(vm));
    }

    @Test
    void aDiskThatIsGoneIsAnErrorUnlessForced() throws Exception {
        String vm = machine("without disk");
        String disk = calls.diskOf(vm);
        String location = calls.text("VDI.get_location", disk);
        byte[] archive = export("ref=" + vm);
        calls.ok("VM.destroy", vm);
        calls.ok("VDI.destroy", disk);
        assertThat(refused(archive, "restore=true")).containsExactly("VDI_LOCATION_MISSING", sr, location);
        assertThat(refused(archive, "dry_run=true")).containsExactly("VDI_LOCATION_MISSING", sr, location);
        byte[] foreign = Uploads.edited(archive, calls.text("SR.get_uuid", sr), "00000000-1111-2222-3333-444444444444");
        assertThat(refused(foreign, "")).containsExactly("VDI_CONTENT_ID_MISSING");
        String bare = imported(archive, "force=true").get(0);
        assertThat(calls.list("VM.get_VBDs", bare)).as("the drive").hasSize(1);
        assertThat(calls.list("VM.get_VIFs", bare)).hasSize(1);
    }

    @Test
    void theClientNamesTheDiskThatTakesThePlaceOfAnother() throws Exception {
        String vm = machine("mapped");
        String original = calls.text("VDI.get_uuid", calls.diskOf(vm));
        String other = uploads.disk(sr, 2);
        byte[] archive = export("ref=" + vm);
        String map = "vdi:" + original + "=" + calls.text("VDI.get_uuid", other);
        assertThat(calls.diskOf(imported(archive, map).get(0))).isEqualTo(other);
        String unknown = "vdi:" + original + "=00000000-1111-2222-3333-444444444444";
        assertThat(calls.diskOf(imported(archive, unknown).get(0)))
                .as("found by its place")
                .isEqualTo(calls.diskOf(vm));
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        String vm = machine("dry");
        byte[] archive = export("ref=" + vm);
        Set<String> before = objects();
        assertThat(imported(archive, "dry_run=true")).isEmpty();
        assertThat(imported(archive, "dry_run=true&restore=true&force=true")).isEmpty();
        assertThat(objects()).isEqualTo(before);
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
        assertThat(refused(archive, "dry_run=true&restore=true"))
                .containsExactly("VM_TO_IMPORT_IS_NOT_NEWER_VERSION", vm, "0", "0");
    }

    @Test
    void aVmIsReplacedOnlyIfItIsHaltedAndOlder() throws Exception {
        String vm = machine("replaced");
        String uuid = calls.text("VM.get_uuid", vm);
        byte[] archive = export("ref=" + vm);
        assertThat(refused(archive, "restore=true")).containsExactly("VM_TO_IMPORT_IS_NOT_NEWER_VERSION", vm, "0", "0");
        calls.ok("VM.start", vm, false, false);
        assertThat(refused(archive, "restore=true")).containsExactly("VM_BAD_POWER_STATE", vm, "Halted", "Running");
        assertThat(imported(archive, "restore=true&force=true"))
                .as("it is passed over")
                .isEmpty();
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        assertThat(calls.list("VM.get_VBDs", vm)).hasSize(2);
        calls.ok("VM.hard_shutdown", vm);
        String made = imported(archive, "restore=true&force=true").get(0);
        assertThat(calls.text("VM.get_by_uuid", uuid)).isEqualTo(made);
        assertThat(calls.error("VM.get_record", vm)).containsExactly("HANDLE_INVALID", "VM", vm);
        assertThat(calls.text("VM.get_version", made)).isEqualTo("1");
        byte[] other = Uploads.edited(archive, uuid, "00000000-1111-2222-3333-444444444444");
        assertThat(refused(other, "restore=true").get(0)).isEqualTo("DUPLICATE_MAC_SEED");
    }

    @Test
    void aVmThatRanIsHaltedAndOneThatSleptSleepsOn() throws Exception {
        String vm = machine("power");
        calls.ok("VM.start", vm, false, false);
        byte[] running = export("ref=" + vm);
        assertThat(ova(running)).contains("<value>Running</value>");
        String halted = imported(running, "").get(0);
        assertThat(calls.text("VM.get_power_state", halted)).isEqualTo("Halted");
        for (String vbd : calls.list("VM.get_VBDs", halted)) {
            assertThat(calls.ok("VBD.get_currently_attached", vbd).asBoolean()).isFalse();
        }
        calls.ok("VM.destroy", halted);
        calls.ok("VM.suspend", vm);
        String image = calls.text("VM.get_suspend_VDI", vm);
        byte[] suspended = export("ref=" + vm);
        String asleep = imported(suspended, "").get(0);
        assertThat(calls.text("VM.get_power_state", asleep)).isEqualTo("Suspended");
        assertThat(calls.text("VM.get_suspend_VDI", asleep)).isEqualTo(image);
        assertThat(calls.ok("VBD.get_currently_attached", calls.first("VM.get_VBDs", asleep))
                        .asBoolean())
                .isTrue();
        calls.ok("VM.resume", vm, false, false);
    }

    @Test
    void allVmsAreAllButTheHostsTemplates() throws Exception {
        String vm = machine("one of all");
        String ova = ova(export("all=true"));
        assertThat(ova).contains("<value>one of all</value>", "Control domain on host");
        assertThat(ova).doesNotContain("<name>is_default_template</name><value><boolean>1");
        ova = ova(export("all=true&include_dom0=false&excluded_device_types=vif,vbd"));
        assertThat(ova).contains(calls.text("VM.get_uuid", vm)).doesNotContain("Control domain on host");
        assertThat(ova).doesNotContain("<name>class</name><value>VIF</value>", "<name>class</name><value>VBD</value>");
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
    }

    @Test
    void aTemplateOfTheHostIsTheOneThatIsHere() throws Exception {
        String template = calls.first("VM.get_by_name_label", "Other install media");
        Set<String> before = objects();
        assertThat(imported(export("ref=" + template), "")).containsExactly(template);
        assertThat(objects()).isEqualTo(before);
    }

    @Test
    void theLengthOfAnExportIsKnownBefore() throws Exception {
        String vm = calls.vm("sized ü");
        try (Http http = new Http(daemon, "GET", "/export_metadata?ref=" + vm, uploads.auth())) {
            String head = http.head();
            byte[] body = http.rest();
            assertThat(head).contains("Content-Disposition: attachment; filename=\"export.xva\"\r\n");
            assertThat(head).containsIgnoringCase("content-length: " + body.length + "\r\n");
            assertThat(ova(body)).contains("sized ü");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "all=yes, Invalid_argument(\"bool_of_string\")",
                "all=true&excluded_device_types=disk, (Failure",
                "x=y, Not_found",
            })
    void aBadQueryIsAnError(String line) throws Exception {
        String[] both = line.split(", ", 2);
        String task = uploads.task("bad query");
        try (Http http =
                new Http(daemon, "GET", Uploads.withTask("/export_metadata?" + both[0], task), uploads.auth())) {
            assertThat(http.head()).contains(" 500 ");
        }
        List<String> error = Uploads.error(uploads.ended(task));
        assertThat(error.get(0)).isEqualTo("INTERNAL_ERROR");
        assertThat(error.get(1)).startsWith(both[1]);
    }

    @Test
    void aVmThatBlocksTheExportIsAnError() throws Exception {
        String vm = calls.vm("blocked");
        calls.ok("VM.add_to_blocked_operations", vm, "metadata_export", "REASON");
        String task = uploads.task("blocked");
        try (Http http =
                new Http(daemon, "GET", Uploads.withTask("/export_metadata?ref=" + vm, task), uploads.auth())) {
            assertThat(http.head()).contains(" 500 ");
        }
        assertThat(Uploads.error(uploads.ended(task))).containsExactly("OPERATION_BLOCKED", vm, "REASON");
        calls.ok("VM.remove_from_blocked_operations", vm, "metadata_export");
    }

    @Test
    void anArchiveWithDisksIsReadToItsEnd() throws Exception {
        String vm = machine("with disks");
        byte[] archive = uploads.get("/export?ref=" + vm);
        byte[] padded = Uploads.join(archive, new byte[3 * Uploads.MIB]);
        String copy = imported(padded, "").get(0);
        assertThat(calls.diskOf(copy)).isEqualTo(calls.diskOf(vm));
    }

    @Test
    void aLiveMigrationIsNotOffered() throws Exception {
        byte[] archive = export("ref=" + calls.vm("live"));
        assertThat(refused(archive, "live=true").get(0)).isEqualTo("NOT_IMPLEMENTED");
        assertThat(refused(archive, "check_cpu=true").get(0)).isEqualTo("NOT_IMPLEMENTED");
    }

    @Test
    void anArchiveThatIsNoneLeavesNothing() throws Exception {
        byte[] archive = export("ref=" + machine("damaged"));
        int length = Uploads.size(archive, 0);
        assertThat(refused(Arrays.copyOf(archive, 512 + length / 2), "").get(0))
                .isEqualTo("IMPORT_ERROR_PREMATURE_EOF");
        byte[] renamed = Uploads.join(Uploads.entry("ova.xmx", '0', Uploads.octal(length)), new byte[length]);
        assertThat(refused(renamed, "")).containsExactly("IMPORT_ERROR_UNEXPECTED_FILE", "ova.xml", "ova.xmx");
        String bomb =
                "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]><value>&b;</value>";
        for (String xml : List.of("<value><struct></value>", bomb, "<value>text</value>", "")) {
            byte[] bytes = xml.getBytes(StandardCharsets.US_ASCII);
            byte[] body = Uploads.join(
                    Uploads.entry("ova.xml", '0', Uploads.octal(bytes.length)),
                    Arrays.copyOf(bytes, Uploads.whole(bytes.length)),
                    new byte[1024]);
            assertThat(refused(body, "").get(0)).as(xml).isEqualTo("IMPORT_ERROR");
        }
        byte[] huge = Uploads.join(Uploads.entry("ova.xml", '0', Uploads.octal(3L << 30)), new byte[4096]);
        assertThat(refused(huge, "").get(1)).contains("ova.xml has 3221225472 bytes");
        assertThat(refused(
                        Uploads.edited(archive, "<name>network</name><value>Ref:", "<name>network</name><value>No:"),
                        ""))
                .as("found late: what was made before has gone")
                .first()
                .isEqualTo("IMPORT_ERROR_FAILED_TO_FIND_OBJECT");
    }
}
