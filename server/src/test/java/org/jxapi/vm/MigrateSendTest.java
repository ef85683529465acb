package org.jxapi.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.ThinClient;

/** VMs migrate with their disks to other SRs of their host: migrate_send and assert_can_migrate of xapi_vm_migrate.ml. */
class MigrateSendTest {
    private static final long MIB = 1 << 20;

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    @TempDir
    Path folder;

    private String from;
    private String to;
    private String vm;
    private String first;
    private String second;

    @BeforeEach
    void makeVm() throws Exception {
        from = sr("from");
        to = sr("to");
        vm = calls.vm("migrates");
        first = disk();
        second = disk();
    }

    private String sr(String name) throws Exception {
        String location = folder.resolve(name).toString();
        return calls.fileSr(name, Map.of("location", location, "preferred-image-formats", "raw"));
    }

    private String disk() throws Exception {
        String vdi = calls.vdi(from, 2 * MIB);
        calls.text(
                "VBD.create",
                Calls.with(
                        Calls.vbdRecord(vm, vdi),
                        "userdevice",
                        String.valueOf(calls.list("VM.get_VBDs", vm).size())));
        return vdi;
    }

    private static Map<String, String> token() throws Exception {
        String host = calls.first("host.get_all");
        String pif = calls.ok("PIF.get_all_records_where", "field \"management\" = \"true\"")
                .fieldNames()
                .next();
        JsonNode answer = calls.ok("host.migrate_receive", host, calls.text("PIF.get_network", pif), Map.of());
        Map<String, String> token = new HashMap<>();
        answer.fields()
                .forEachRemaining(
                        entry -> token.put(entry.getKey(), entry.getValue().asText()));
        return token;
    }

    private List<String> disks() throws Exception {
        List<String> found = new ArrayList<>();
        for (String vbd : calls.list("VM.get_VBDs", vm)) {
            found.add(calls.text("VBD.get_VDI", vbd));
        }
        return found;
    }

    private static List<String> refusal(String vm, Map<String, String> dest, Map<String, String> vdis)
            throws Exception {
        List<String> refusal = calls.error("VM.assert_can_migrate", vm, dest, true, vdis, Map.of(), Map.of(), Map.of());
        assertThat(calls.error("VM.migrate_send", vm, dest, true, vdis, Map.of(), Map.of(), Map.of()))
                .isEqualTo(refusal);
        return refusal;
    }

    @Test
    void allDisksOfAVmMoveTogether() throws Exception {
        String snapshot = calls.text("VM.snapshot", vm, "kept");
        calls.ok("VM.start", vm, false, false);
        Map<String, String> token = token();
        assertThat(token).containsOnlyKeys("SM", "host", "xenops", "session_id", "master");
        assertThat(token.get("SM")).matches("http://[^/]+/services/SM\\?session_id=OpaqueRef:.*");
        assertThat(token.get("master")).startsWith("http://");
        Map<String, String> map = Map.of(first, to, second, to);
        calls.ok("VM.assert_can_migrate", vm, token, true, map, Map.of(), Map.of(), Map.of());
        assertThat(disks()).containsExactlyInAnyOrder(first, second);
        String domid = calls.text("VM.get_domid", vm);
        assertThat(calls.text("VM.migrate_send", vm, token, true, map, Map.of(), Map.of(), Map.of()))
                .isEqualTo(vm);
        assertThat(calls.text("VM.get_power_state", vm)).isEqualTo("Running");
        assertThat(calls.text("VM.get_domid", vm))
                .as("as in XAPI, a new domain")
                .isNotEqualTo(domid);
        for (String vdi : disks()) {
            assertThat(calls.text("VDI.get_SR", vdi)).isEqualTo(to);
        }
        for (String vbd : calls.list("VM.get_VBDs", snapshot)) {
            assertThat(calls.text("VDI.get_SR", calls.text("VBD.get_VDI", vbd))).isEqualTo(to);
        }
        assertThat(calls.list("SR.get_VDIs", from)).isEmpty();
        calls.ok("VM.hard_shutdown", vm);
        Map<String, String> back = Map.of(disks().get(0), from, disks().get(1), to);
        calls.ok(
                "VM.migrate_send",
                vm,
                token,
                false,
                back,
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(disks().get(0), "qcow2"));
        assertThat(calls.ok("VDI.get_sm_config", disks().get(0))
                        .get("image-format")
                        .asText())
                .isEqualTo("qcow2");
        calls.ok("VM.start", vm, false, false);
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void ifOneDiskCannotMoveNoneDoes() throws Exception {
        calls.ok("VM.start", vm, false, false);
        // The second disk's image is gone.
        Files.delete(folder.resolve("from").resolve(calls.text("VDI.get_uuid", second) + ".raw"));
        Map<String, String> map = Map.of(first, to, second, to);
        assertThat(calls.error("VM.migrate_send", vm, token(), true, map, Map.of(), Map.of(), Map.of()))
                .startsWith("SR_BACKEND_FAILURE_46");
        assertThat(disks()).containsExactlyInAnyOrder(first, second);
        assertThat(calls.list("SR.get_VDIs", to)).isEmpty();
        assertThat(folder.resolve("to")).isEmptyDirectory();
        assertThat(calls.ok("VM.get_current_operations", vm)).isEmpty();
        assertThat(calls.ok("VDI.get_current_operations", first)).isEmpty();
        calls.ok("VM.hard_shutdown", vm);
    }

    @Test
    void whatCannotMigrateIsRefusedWithXapisErrors() throws Exception {
        Map<String, String> token = token();
        Map<String, String> all = Map.of(first, to, second, to);
        assertThat(refusal(vm, Map.of(), all)).containsExactly("INTERNAL_ERROR", "Not_found");
        assertThat(refusal(vm, token, Map.of(first, to))).containsExactly("VDI_NOT_IN_MAP", second);
        Map<String, String> elsewhere = new HashMap<>(token);
        elsewhere.put("host", "OpaqueRef:elsewhere");
        assertThat(refusal(vm, elsewhere, all)).containsExactly("NOT_IMPLEMENTED", "VM.migrate_send to another host");
        Map<String, String> stale = new HashMap<>(token);
        stale.put("session_id", "OpaqueRef:stale");
        assertThat(refusal(vm, stale, all)).containsExactly("SESSION_INVALID", "OpaqueRef:stale");
        assertThat(calls.error("VM.migrate_send", vm, token, true, all, Map.of(), Map.of("copy", "true"), Map.of()))
                .containsExactly(
                        "OPERATION_NOT_ALLOWED",
                        "Copy mode is disallowed on intra pool storage migration, try efficient alternatives, for"
                                + " example, VM.copy/clone.");
        String other = calls.text(
                "network.create", Map.of("name_label", "alone", "name_description", "", "other_config", Map.of()));
        String host = calls.first("host.get_all");
        assertThat(calls.error("host.migrate_receive", host, other, Map.of()))
                .containsExactly("HOST_CANNOT_ATTACH_NETWORK", host, other);
        assertThat(disks()).containsExactlyInAnyOrder(first, second);
    }

    @Test
    void xeMovesDisks() throws Exception {
        ThinClient xe = new ThinClient(daemon.folder().resolve("sock"));
        String one = calls.text("VDI.get_uuid", first);
        String sr = calls.text("SR.get_uuid", to);
        String choice = "uuid=" + calls.text("VM.get_uuid", vm);
        ThinClient.Outcome refused = xe.run("vm-migrate", choice, "vdi:" + one + "=" + sr);
        assertThat(refused.status()).isNotZero();
        assertThat(refused.err()).contains("Storage live migration requires remote-master");
        String[] login = {"remote-master=127.0.0.1", "remote-username=root", "remote-password="};
        String two = calls.text("VDI.get_uuid", second);
        String said = xe.run(
                        "vm-migrate",
                        choice,
                        login[0],
                        login[1],
                        login[2],
                        "vdi:" + one + "=" + sr,
                        "vdi:" + two + "=" + calls.text("SR.get_uuid", from))
                .ok();
        assertThat(said).contains("VDI " + one + " -> SR " + sr);
        assertThat(calls.text("VDI.get_SR", disks().get(0))).isEqualTo(to);
        assertThat(calls.text("VDI.get_SR", disks().get(1))).isEqualTo(from);
        assertThat(xe.run("vm-migrate", choice, "remote-master=192.0.2.9", login[1], login[2])
                        .err())
                .contains("VM.migrate_send to another host");
        String moved =
                xe.run("vdi-pool-migrate", "uuid=" + two, "sr-uuid=" + sr).ok().strip();
        assertThat(calls.text("VDI.get_uuid", disks().get(1))).isEqualTo(moved);
    }
}
