package org.jxapi.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.DaemonProcess;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.JsonClient;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.TestDaemon;
import org.jxapi.harness.ThinClient;
import org.jxapi.harness.Uploads;

/**
 * A pool is lost, and its repository comes to another pool, which recovers the VMs from the copy of the database that it
 * holds. The calls and their errors are those of ocaml/xapi/xapi_dr.ml, xapi_sr.ml, xapi_vdi.ml and xapi_vm_helpers.ml.
 */
class RecoveryTest {
    private static final String NULL = "OpaqueRef:NULL";
    private static final long COPY = 256L << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    @TempDir
    static Path folder;

    private static final Calls calls = daemon.calls();
    private static String sr;
    private static String copy;
    private static String lostPool;
    private static String lostSr;

    @BeforeAll
    static void takeOverTheRepositoryOfALostPool() throws Exception {
        Path disks = Files.createDirectory(folder.resolve("disks"));
        String uuid = loseAPool(disks);
        sr = calls.text("SR.introduce", uuid, "rescued", "", "file", "user", false, Map.of());
        Map<String, Object> pbd = Map.of(
                "host", calls.first("host.get_all"), "SR", sr, "device_config", Map.of("location", disks.toString()));
        calls.ok("PBD.plug", calls.text("PBD.create", pbd));
        calls.ok("SR.scan", sr);
        copy = metadata(calls, sr);
    }

    /**
     * The lost pool has two VMs on the repository, one of them in an appliance, and one on a disk of the host. Returns the
     * UUID of the repository.
     */
    private static String loseAPool(Path disks) throws Exception {
        try (DaemonProcess lost = DaemonProcess.start(Files.createDirectory(folder.resolve("lost")))) {
            Calls before = new Calls(lost);
            Uploads uploads = new Uploads(lost, before);
            String shared = before.fileSr("shared", Map.of("location", disks.toString()));
            String uuid = before.text("SR.get_uuid", shared);
            lostPool = before.text("pool.get_uuid", before.first("pool.get_all"));
            before.ok("SR.enable_database_replication", shared);
            before.ok("SR.enable_database_replication", shared);
            String held = metadata(before, shared);
            assertThat(before.text("VDI.get_metadata_of_pool", held)).isEqualTo(before.first("pool.get_all"));
            assertThat(before.ok("VDI.get_metadata_latest", held).asBoolean()).isTrue();
            String vm = uploads.machine(shared, "web", 4);
            before.ok("VIF.create", Calls.vifRecord(vm, before.first("network.get_all")));
            before.ok("VM.snapshot", vm, "of web");
            String member = uploads.machine(shared, "member", 2);
            String appliance =
                    before.text("VM_appliance.create", Map.of("name_label", "together", "name_description", ""));
            before.ok("VM.set_appliance", member, appliance);
            lostSr = before.text("pool.get_default_SR", before.first("pool.get_all"));
            uploads.machine(lostSr, "local", 2);
            before.ok("VM.set_name_description", vm, "the last change");
            Eventually.holds(() -> {
                String session = before.text("VDI.open_database", held);
                String text = asked(lost, session, "VM.get_record", vm).toString();
                asked(lost, session, "session.logout");
                assertThat(text).contains("the last change");
            });
            lost.kill();
            return uuid;
        }
    }

    private static String metadata(Calls pool, String sr) throws Exception {
        for (String vdi : pool.list("SR.get_VDIs", sr)) {
            if (pool.text("VDI.get_type", vdi).equals("metadata")) {
                return vdi;
            }
        }
        throw new AssertionError("no copy of a database");
    }

    /** The answer of a call with another session: a result or an error. */
    private static JsonNode asked(TestDaemon daemon, String session, String method, Object... params) throws Exception {
        List<Object> all = new ArrayList<>(List.of(session));
        all.addAll(List.of(params));
        return new JsonClient(daemon.http()).call(method, all);
    }

    private static JsonNode result(String session, String method, Object... params) throws Exception {
        JsonNode answer = asked(daemon, session, method, params);
        assertThat(answer.get("error")).as(method).isNull();
        return answer.get("result");
    }

    private static List<String> error(String session, String method, Object... params) throws Exception {
        JsonNode answer = asked(daemon, session, method, params);
        assertThat(answer.has("error")).as(method + " fails, not " + answer).isTrue();
        List<String> error =
                new ArrayList<>(List.of(answer.get("error").get("message").asText()));
        answer.get("error").path("data").forEach(p -> error.add(p.asText()));
        return error;
    }

    private static String named(String session, String name) throws Exception {
        return result(session, "VM.get_by_name_label", name).get(0).asText();
    }

    @Test
    void theDatabaseIsReadWithASessionOfItsOwn() throws Exception {
        assertThat(calls.text("VDI.read_database_pool_uuid", copy)).isEqualTo(lostPool);
        String session = calls.text("VDI.open_database", copy);
        assertThat(result(
                                session,
                                "pool.get_uuid",
                                result(session, "pool.get_all").get(0).asText())
                        .asText())
                .isEqualTo(lostPool);
        String vm = named(session, "web");
        JsonNode record = result(session, "VM.get_all_records").get(vm);
        assertThat(record.get("name_description").asText()).isEqualTo("the last change");
        assertThat(record.get("VBDs")).as("sets follow from the other end").hasSize(1);
        assertThat(record.get("snapshots")).hasSize(1);
        assertThat(result(session, "VM.get_all_records_where", "field \"name__label\"=\"web\""))
                .hasSize(1);
        assertThat(calls.list("VM.get_by_name_label", "local"))
                .as("it is not this pool's")
                .isEmpty();
        assertThat(error(session, "VM.set_name_label", vm, "other").get(0)).isEqualTo("RBAC_PERMISSION_DENIED");
        assertThat(error(session, "VM.start", vm, false, false).get(0)).isEqualTo("RBAC_PERMISSION_DENIED");
        assertThat(error(session, "VM.get_data_sources", vm).get(0)).isEqualTo("NOT_IMPLEMENTED");
        assertThat(error(session, "VM.recover", vm, session, false).get(0)).isEqualTo("RBAC_PERMISSION_DENIED");
        assertThat(error(session, "VM.recover", vm, "OpaqueRef:none", false))
                .containsExactly("SESSION_INVALID", "OpaqueRef:none");
        result(session, "session.logout");
        assertThat(error(session, "VM.get_all").get(0)).isEqualTo("SESSION_INVALID");
    }

    @Test
    void aVmIsRecoveredWithItsSnapshotsAndRuns() throws Exception {
        String session = calls.text("VDI.open_database", copy);
        String lost = named(session, "web");
        result(session, "VM.assert_can_be_recovered", lost, calls.session());
        result(session, "VM.recover", lost, calls.session(), false);
        String vm = calls.first("VM.get_by_name_label", "web");
        JsonNode before = result(session, "VM.get_record", lost);
        JsonNode after = calls.ok("VM.get_record", vm);
        for (String field : List.of("uuid", "name_description", "memory_static_max", "platform", "domain_type")) {
            assertThat(after.get(field)).as(field).isEqualTo(before.get(field));
        }
        String vdi = calls.text("VBD.get_VDI", after.get("VBDs").get(0).asText());
        assertThat(calls.text("VDI.get_SR", vdi)).isEqualTo(sr);
        String snapshot = after.get("snapshots").get(0).asText();
        assertThat(calls.text("VM.get_name_label", snapshot)).isEqualTo("of web");
        calls.ok("VM.revert", snapshot);
        calls.ok("VM.start", vm, false, false);
        assertThat(error(session, "VM.recover", lost, calls.session(), false))
                .containsExactly("VM_BAD_POWER_STATE", vm, "Halted", "Running");
        calls.ok("VM.hard_shutdown", vm);
        assertThat(error(session, "VM.recover", lost, calls.session(), false))
                .containsExactly("VM_TO_IMPORT_IS_NOT_NEWER_VERSION", vm, "1", "0");
        assertThat(calls.text("VM.get_by_uuid", before.get("uuid").asText())).isEqualTo(vm);
        result(session, "session.logout");
    }

    @Test
    void aVmWhoseStorageIsNotHereIsNotRecovered() throws Exception {
        String session = calls.text("VDI.open_database", copy);
        String vm = named(session, "local");
        assertThat(error(session, "VM.assert_can_be_recovered", vm, calls.session()))
                .containsExactly("VM_REQUIRES_SR", vm, lostSr);
        assertThat(error(session, "VM.recover", vm, calls.session(), false))
                .containsExactly("VM_REQUIRES_SR", vm, lostSr);
        JsonNode missing = result(session, "VM.get_SRs_required_for_recovery", vm, calls.session());
        assertThat(missing).hasSize(1);
        assertThat(missing.get(0).asText()).isEqualTo(lostSr);
        assertThat(result(session, "VM.get_SRs_required_for_recovery", named(session, "web"), calls.session()))
                .isEmpty();
        assertThat(calls.list("VM.get_by_name_label", "local")).isEmpty();
        result(session, "session.logout");
    }

    /** ocaml/xapi-cli-server/cli_operations.ml: appliance_recover, vm_recover. */
    @Test
    void anApplianceIsRecoveredByACommand() throws Exception {
        ThinClient xe = new ThinClient(daemon.socket());
        String session = calls.text("VDI.open_database", copy);
        String uuid = result(session, "VM_appliance.get_all_records")
                .elements()
                .next()
                .get("uuid")
                .asText();
        result(session, "session.logout");
        int sessions = calls.list("VM.get_all").size();
        String database = "database:vdi-uuid=" + calls.text("VDI.get_uuid", copy);
        xe.run("appliance-assert-can-be-recovered", "uuid=" + uuid, database).ok();
        assertThat(calls.list("VM.get_all")).hasSize(sessions);
        xe.run("appliance-recover", "uuid=" + uuid, database).ok();
        String appliance = calls.text("VM_appliance.get_by_uuid", uuid);
        assertThat(calls.text("VM_appliance.get_name_label", appliance)).isEqualTo("together");
        String member = calls.first("VM_appliance.get_VMs", appliance);
        assertThat(calls.text("VM.get_name_label", member)).isEqualTo("member");
        String vm = calls.text("VM.get_uuid", member);
        calls.ok("VM.destroy", member);
        assertThat(xe.run("vm-recover", "uuid=" + vm).err()).contains("'database:vdi-uuid=<uuid>' must be specified");
        xe.run("vm-recover", "uuid=" + vm, database).ok();
        assertThat(calls.text("VM.get_name_label", calls.text("VM.get_by_uuid", vm)))
                .isEqualTo("member");
    }

    @Test
    void aDiskOfAGuestIsNoCopyWhateverItHolds() throws Exception {
        String forged = calls.vdi(sr, COPY);
        Uploads uploads = new Uploads(daemon, calls);
        byte[] head = uploads.get("/export_raw_vdi?vdi=" + copy);
        byte[] contents = Arrays.copyOf(head, 1 << 20);
        assertThat(new String(contents, 0, 6, StandardCharsets.US_ASCII)).isEqualTo("jxapi ");
        uploads.put("/import_raw_vdi?vdi=" + forged, contents);
        String location = calls.text("VDI.get_location", forged);
        calls.ok("VDI.forget", forged);
        calls.ok("SR.scan", sr);
        for (JsonNode vdi : calls.ok("VDI.get_all_records")) {
            if (vdi.get("location").asText().equals(location)) {
                assertThat(vdi.get("type").asText()).isEqualTo("user");
                String found = calls.text("VDI.get_by_uuid", vdi.get("uuid").asText());
                assertThat(calls.error("VDI.open_database", found))
                        .containsExactly("VDI_INCOMPATIBLE_TYPE", found, "User");
                calls.ok("VDI.destroy", found);
                return;
            }
        }
        throw new AssertionError("the disk was not found");
    }

    @Test
    void aCopyThatIsNoneOrDamagedIsRefused() throws Exception {
        Uploads uploads = new Uploads(daemon, calls);
        Map<String, Object> record = Calls.with(Calls.vdiRecord(sr, COPY), "type", "metadata");
        String disk = calls.text("VDI.create", record);
        assertThat(calls.error("VDI.open_database", disk))
                .containsExactly("COULD_NOT_IMPORT_DATABASE", "The disk holds no database of jxapi.");
        byte[] whole = Arrays.copyOf(uploads.get("/export_raw_vdi?vdi=" + copy), 1 << 20);
        byte[] damaged = whole.clone();
        damaged[5000] ^= 0x55;
        uploads.put("/import_raw_vdi?vdi=" + disk, damaged);
        assertThat(calls.error("VDI.open_database", disk).get(0)).isEqualTo("COULD_NOT_IMPORT_DATABASE");
        byte[] other = whole.clone();
        int digest = new String(whole, 0, 4096, StandardCharsets.US_ASCII).indexOf("sha256 ") + 7;
        other[digest] = (byte) (other[digest] == '0' ? '1' : '0');
        uploads.put("/import_raw_vdi?vdi=" + disk, other);
        assertThat(calls.error("VDI.open_database", disk))
                .containsExactly("COULD_NOT_IMPORT_DATABASE", "The copy is damaged: its check sum differs.");
        calls.ok("VDI.destroy", disk);
    }

    @Test
    void aCopyIsKeptWhereTheRepositoryCanHoldIt() throws Exception {
        String own = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        calls.ok("SR.enable_database_replication", own);
        String vdi = metadata(calls, own);
        assertThat(calls.text("VDI.read_database_pool_uuid", vdi))
                .as("as in XAPI")
                .isEmpty();
        calls.ok("SR.disable_database_replication", own);
        assertThat(calls.error("VDI.get_uuid", vdi)).containsExactly("HANDLE_INVALID", "VDI", vdi);
        for (JsonNode record : calls.ok("SR.get_all_records")) {
            if (record.get("content_type").asText().equals("iso")) {
                String discs = calls.text("SR.get_by_uuid", record.get("uuid").asText());
                assertThat(calls.error("SR.enable_database_replication", discs).get(0))
                        .isIn("SR_OPERATION_NOT_SUPPORTED", "SR_HAS_NO_PBDS");
            }
        }
        assertThat(calls.error("SR.enable_database_replication", NULL).get(0)).isEqualTo("HANDLE_INVALID");
    }
}
