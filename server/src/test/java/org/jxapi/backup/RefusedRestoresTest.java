package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** Files that are no dump of this version's: nothing changes. Upstream: pool_db_backup.ml, db_xml.ml. */
class RefusedRestoresTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static byte[] dump;

    @BeforeAll
    static void download() throws Exception {
        dump = Dumps.download(daemon);
    }

    private static List<String> error(byte[] file) throws Exception {
        return Uploads.error(Dumps.restore(daemon, calls, file, false));
    }

    @Test
    void aTruncatedDumpIsRefused() throws Exception {
        for (int length : List.of(1, 500, dump.length / 2, dump.length - 1)) {
            assertThat(error(Arrays.copyOf(dump, length))).satisfies(error -> {
                assertThat(error.get(0)).isEqualTo("INTERNAL_ERROR");
                assertThat(error.get(1)).contains("truncated");
            });
        }
    }

    @Test
    void aDamagedDumpIsRefused() throws Exception {
        for (int at : List.of(30, 2000, dump.length / 2, dump.length - 20)) {
            byte[] damaged = dump.clone();
            damaged[at] ^= 1;
            assertThat(error(damaged).get(1)).containsAnyOf("damaged", "truncated");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schema_minor_vsn\" value=\"909\" | schema_minor_vsn\" value=\"910\" | RESTORE_INCOMPATIBLE_VERSION",
                "schema_major_vsn\" value=\"5\" | schema_major_vsn\" value=\"6\" | RESTORE_INCOMPATIBLE_VERSION",
                "<pair key=\"jxapi_schema\" | <pair key=\"other\" | RESTORE_INCOMPATIBLE_VERSION",
                "<table name=\"VDI\" | <table name=\"spoon\" | INTERNAL_ERROR the table spoon",
                " bridge=\" | spoon=\" | INTERNAL_ERROR the field network.",
                "power_state=\"Halted\" | power_state=\"Molten\" | INTERNAL_ERROR VM.power_state",
                "other_config=\"( | other_config=\"x( | INTERNAL_ERROR other_config",
                "<database> | <!DOCTYPE database><database> | INTERNAL_ERROR DOCTYPE",
                "<table name=\"pool\"> | <table name=\"pool\"><row/> | INTERNAL_ERROR no ref",
                "device=\"eth0\" | device=\"eth7\" | RESTORE_TARGET_MISSING_DEVICE eth7",
            })
    void aDumpThatDoesNotFitIsRefused(String from, String to, String expected) throws Exception {
        String[] words = expected.split(" ", 2);
        List<String> error = error(Dumps.edited(dump, from, to));
        assertThat(error.get(0)).isEqualTo(words[0]);
        if (words.length > 1) {
            assertThat(String.join(" ", error)).contains(words[1]);
        }
    }

    @Test
    void twoObjectsOfOneUuidAreRefused() throws Exception {
        String text = new String(dump, StandardCharsets.UTF_8);
        String vm = calls.text("VM.get_uuid", calls.first("VM.get_by_name_label", "Other install media"));
        String other = calls.text("VM.get_uuid", calls.first("VM.get_by_name_label", "Windows 10 (64-bit)"));
        assertThat(text).contains(vm, other);
        assertThat(error(Dumps.edited(dump, vm, other)))
                .containsExactly("DB_UNIQUENESS_CONSTRAINT_VIOLATION", "VM", "uuid", other);
    }

    /** Upstream refuses it with the names of the devices that the file has. */
    @Test
    void theInterfaceForManagementMustBeInTheDump() throws Exception {
        byte[] edited = Dumps.edited(
                Dumps.edited(dump, "physical=\"true\"", "physical=\"false\""), "device=\"eth0\"", "device=\"bond9\"");
        assertThat(error(edited))
                .startsWith("RESTORE_TARGET_MGMT_IF_NOT_IN_BACKUP")
                .contains("bond9");
    }

    @Test
    void aRestoreNeedsALengthAndThePoolAdmin() throws Exception {
        Uploads uploads = new Uploads(daemon, calls);
        try (Http http = new Http(daemon, "PUT", Dumps.PATH, uploads.auth())) {
            assertThat(http.head()).contains(" 400 Bad Request\r\n");
        }
        try (Http http = new Http(daemon, "PUT", Dumps.PATH, "content-length: 10")) {
            assertThat(http.head()).contains(" 401 ", "realm=\"put_pool_xml_db_sync\"");
        }
        try (Http http = new Http(daemon, "GET", Dumps.PATH)) {
            assertThat(http.head()).contains(" 401 ");
        }
    }

    /** A client that stops in the middle of an upload does not keep others from a restore. */
    @Test
    void aSlowUploadHoldsUpNoOther() throws Exception {
        Uploads uploads = new Uploads(daemon, calls);
        String task = uploads.task("slow");
        try (Http slow = new Http(
                daemon, "PUT", Uploads.withTask(Dumps.PATH, task), uploads.auth(), "content-length: " + dump.length)) {
            slow.head();
            slow.send(Arrays.copyOf(dump, 1000));
            assertThat(Dumps.restore(daemon, calls, dump, true).get("status").asText())
                    .isEqualTo("success");
        }
        Eventually.holds(() -> assertThat(calls.text("task.get_status", task)).isEqualTo("failure"));
    }
}
