package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jxapi.harness.Uploads.MIB;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.RawHttp;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;

/** The answers to clients of the HTTP handlers, and the ends of their tasks. */
class TransferAnswersTest {
    private static final String OTHER = "00000000-1111-2222-3333-444444444444";

    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static String sr;
    private static String vm;
    private static String vdi;

    @BeforeAll
    static void start() throws Exception {
        sr = calls.text("pool.get_default_SR", calls.first("pool.get_all"));
        vm = uploads.machine(sr, "answers", 2);
        vdi = calls.text("VBD.get_VDI", calls.first("VM.get_VBDs", vm));
    }

    /** The answer to a request of HTTP/1.1, all of it as it comes. */
    private static byte[] exchange(String method, String target, String... headers) throws Exception {
        StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.1\r\nHost: x\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        try (RawHttp http = new RawHttp(daemon.http())) {
            http.send(head.append("\r\n").toString());
            return http.rest();
        }
    }

    private static String status(String method, String target, String... headers) throws Exception {
        String answer = new String(exchange(method, target, headers), StandardCharsets.ISO_8859_1);
        return answer.substring(9, answer.indexOf("\r\n"));
    }

    /** ocaml/xapi/xapi_http.ml, with_context: the task ends whatever became of the request. */
    @ParameterizedTest
    @CsvSource({
        "GET, /rrd_updates?start=0, 200 OK, success, ''",
        "GET, /rrd_updates, 400 Bad Request, failure, INTERNAL_ERROR",
        "GET, /rrd_updates?start=x, 500 Internal Error, failure, INTERNAL_ERROR",
        "GET, /rrd_updates?start=0&vm_uuid=none, 500 Internal Error, failure, INTERNAL_ERROR",
        "GET, /no_such_path, 404 Not Found, failure, NOT_IMPLEMENTED",
        "GET, /no_such_path?x=y, 404 Not Found, failure, NOT_IMPLEMENTED",
        "PUT, /no_such_path, 403 Forbidden, failure, NOT_IMPLEMENTED",
        "PUT, /import_nothing, 403 Forbidden, failure, NOT_IMPLEMENTED",
        "GET, /export?uuid=none, 500 Internal Error, failure, UUID_INVALID",
        "GET, /export?ref=none, 500 Internal Error, failure, HANDLE_INVALID",
        "GET, /export, 500 Internal Error, failure, INTERNAL_ERROR",
        "GET, /export_raw_vdi, 500 Internal Error, failure, INTERNAL_ERROR",
        "GET, /export_raw_vdi?vdi=none, 500 Internal Error, failure, UUID_INVALID",
        "PUT, /import_raw_vdi?vdi=none, 500 Internal Error, failure, UUID_INVALID",
        "PUT, /import_raw_vdi, 400 Bad Request, failure, VDI_MISSING",
        "PUT, /import_raw_vdi?sr_uuid=none, 400 Bad Request, failure, UUID_INVALID",
        "PUT, /import_raw_vdi?sr_id=none, 400 Bad Request, failure, HANDLE_INVALID",
        "PUT, /import?sr_id=none, 500 Internal Error, failure, HANDLE_INVALID",
        "GET, /console?uuid=none, 500 Internal Error, failure, INTERNAL_ERROR",
        "CONNECT, /console?uuid=none, 500 Internal Error, failure, INTERNAL_ERROR",
    })
    void aTaskEndsWhateverTheRequestEndsWith(String method, String target, String status, String outcome, String error)
            throws Exception {
        String task = uploads.task("any");
        String length = method.equals("PUT") ? "content-length: 0" : "x: y";
        assertThat(status(method, Uploads.withTask(target, task), uploads.auth(), length))
                .isEqualTo(status);
        var record = uploads.ended(task);
        assertThat(record.get("status").asText()).isEqualTo(outcome);
        assertThat(record.get("error_info").path(0).asText()).isEqualTo(error);
        assertThat(record.get("progress").asDouble()).isEqualTo(1.0);
    }

    /** ocaml/xapi/export_raw_vdi.ml, import_raw_vdi.ml and import.ml: 404, 400 and 403 where the request is at fault. */
    @Test
    void requestsThatCannotBeServedHaveXapisStatuses() throws Exception {
        refused(
                "GET",
                "/export_raw_vdi?format=vmdk&vdi=" + vdi,
                "404 Not Found",
                "INTERNAL_ERROR",
                "Unknown format vmdk");
        refused(
                "PUT",
                "/import_raw_vdi?format=vmdk&vdi=" + vdi,
                "404 Not Found",
                "INTERNAL_ERROR",
                "Unknown format vmdk");
        refused(
                "PUT",
                "/import_raw_vdi?format=vhd&chunked=true&vdi=" + vdi,
                "404 Not Found",
                "INTERNAL_ERROR",
                "Cannot handle chunked VHD");
        refused(
                "PUT",
                "/import_raw_vdi?format=vhd&sr_id=" + sr,
                "400 Bad Request",
                "INTERNAL_ERROR",
                "Importing a VHD directly into an SR not yet supported");
        refused(
                "PUT",
                "/import_raw_vdi?format=qcow2&sr_id=" + sr,
                "400 Bad Request",
                "INTERNAL_ERROR",
                "Importing a QCOW2 directly into an SR not yet supported");
        refused(
                "PUT",
                "/import_raw_vdi?format=tar&sr_id=" + sr,
                "400 Bad Request",
                "INTERNAL_ERROR",
                "Not enough info supplied to import");
        for (String format : List.of("qcow2", "tar")) {
            refused(
                    "PUT",
                    "/import_raw_vdi?chunked=true&format=" + format + "&vdi=" + vdi,
                    "404 Not Found",
                    "INTERNAL_ERROR",
                    "Cannot handle chunked VHD");
        }
        refused("PUT", "/import_raw_vdi", "400 Bad Request", "VDI_MISSING");
        String library = calls.first("SR.get_by_name_label", "ISO images");
        refused("PUT", "/import?sr_id=" + library, "400 Bad Request", "SR_OPERATION_NOT_SUPPORTED");
        refused("GET", "/export?uuid=" + OTHER, "500 Internal Error", "UUID_INVALID", "VM", OTHER);
    }

    private static void refused(String method, String target, String status, String... error) throws Exception {
        String task = uploads.task("refused");
        String length = method.equals("PUT") ? "content-length: 4" : "x: y";
        assertThat(status(method, Uploads.withTask(target, task), uploads.auth(), length, "\r\n0123"))
                .as(target)
                .isEqualTo(status);
        assertThat(Uploads.error(uploads.ended(task))).containsExactly(error);
    }

    @Test
    void aChunkedUploadIsRefused() throws Exception {
        String task = uploads.task("chunked");
        String target = Uploads.withTask("/import", task);
        assertThat(status("PUT", target, uploads.auth(), "Transfer-Encoding: chunked"))
                .isEqualTo("403 Forbidden");
        assertThat(Uploads.error(uploads.ended(task))).containsExactly("IMPORT_ERROR_CANNOT_HANDLE_CHUNKED");
        String disk = uploads.task("chunked");
        target = Uploads.withTask("/import_raw_vdi?vdi=" + vdi, disk);
        assertThat(status("PUT", target, uploads.auth(), "Transfer-Encoding: chunked"))
                .isEqualTo("404 Not Found");
        assertThat(Uploads.error(uploads.ended(disk)))
                .containsExactly("INTERNAL_ERROR", "Cannot handle encoding: chunked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/export?ref=", "/rrd_updates?start=0&x=", "/no_such_path?x=", "/import?x="})
    void aStrangerDoesNotEndATask(String target) throws Exception {
        String task = uploads.task("not yours");
        String method = target.startsWith("/import") ? "PUT" : "GET";
        for (String who : List.of("x: y", Http.basic("root", "wrong"), "Cookie: session_id=OpaqueRef:none")) {
            assertThat(status(method, Uploads.withTask(target + vm, task), who, "content-length: 0"))
                    .startsWith(target.startsWith("/no") ? "404" : "401");
        }
        assertThat(calls.text("task.get_status", task)).isEqualTo("pending");
    }

    /** ocaml/libs/http-lib/http_svr.ml, response_unauthorised, with the names of datamodel.ml's http_actions. */
    @ParameterizedTest
    @CsvSource({
        "GET, /export, get_export",
        "GET, /export_metadata, get_export_metadata",
        "GET, /export_raw_vdi, get_export_raw_vdi",
        "GET, /rrd_updates, rrd_updates",
        "PUT, /import, put_import",
        "PUT, /import_metadata, put_import_metadata",
        "PUT, /import_raw_vdi, put_import_raw_vdi",
    })
    void aPasswordIsAskedForTheAction(String method, String path, String realm) throws Exception {
        String answer = new String(exchange(method, path, "content-length: 0"), StandardCharsets.ISO_8859_1);
        assertThat(answer).contains(" 401 Unauthorised\r\n", "WWW-Authenticate: Basic realm=\"" + realm + "\"\r\n");
    }

    /** undici, Xen Orchestra's HTTP client, may miss the end of a body that only ends with its connection. */
    @ParameterizedTest
    @ValueSource(strings = {"/export?ref=", "/export_raw_vdi?format=vhd&vdi="})
    void anAnswerOfUnknownLengthIsChunkedInHttp11(String target) throws Exception {
        String whole = target + (target.contains("vdi=") ? vdi : vm);
        for (String connection : List.of("Connection: keep-alive", "Connection: close")) {
            byte[] answer = exchange("GET", whole, uploads.auth(), connection);
            String text = new String(answer, StandardCharsets.ISO_8859_1);
            String head = text.substring(0, text.indexOf("\r\n\r\n") + 4);
            assertThat(head)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .containsIgnoringCase("transfer-encoding: chunked\r\n")
                    .containsIgnoringCase("connection: close\r\n");
            assertThat(text).endsWith("\r\n0\r\n\r\n");
        }
        try (Http old = new Http(daemon, "GET", whole, uploads.auth())) {
            assertThat(old.head()).doesNotContainIgnoringCase("transfer-encoding");
            assertThat(new String(old.rest(), 0, 8, StandardCharsets.ISO_8859_1))
                    .isIn("ova.xml\0", "conectix");
        }
    }

    @Test
    void theTaskHasEndedBeforeTheClientHasTheLastByte() throws Exception {
        for (int i = 0; i < 20; i++) {
            String task = uploads.task("to the last byte");
            try (Http http =
                    new Http(daemon, "GET", Uploads.withTask("/export_raw_vdi?vdi=" + vdi, task), uploads.auth())) {
                assertThat(http.head()).containsIgnoringCase("content-length: " + 2 * MIB);
                http.body(2 * MIB);
                assertThat(calls.text("task.get_status", task)).isEqualTo("success");
            }
        }
    }

    @Test
    void aClientThatGoesAwayEndsAnExport() throws Exception {
        String large = calls.vdi(sr, 64L * MIB);
        String task = uploads.task("gone");
        try (Http http =
                new Http(daemon, "GET", Uploads.withTask("/export_raw_vdi?vdi=" + large, task), uploads.auth())) {
            http.head();
            http.body(1000);
        }
        assertThat(Uploads.error(uploads.ended(task)).get(0)).isEqualTo("CLIENT_ERROR");
        Eventually.holds(() -> calls.ok("VDI.destroy", large));
    }

    /** npm xen-api, putResource: a first request ends without data, and the real one follows. */
    @Test
    void anUploadThatWasAbandonedDoesNotStandInTheWayOfTheNext() throws Exception {
        String target = "/import_raw_vdi?vdi=" + calls.vdi(sr, MIB);
        String task = uploads.task("second");
        try (Http first = new Http(daemon, "PUT", target, uploads.auth(), "content-length: 1125899906842624")) {
            assertThat(first.head()).contains(" 200 OK");
            try (Http second =
                    new Http(daemon, "PUT", Uploads.withTask(target, task), uploads.auth(), "content-length: " + MIB)) {
                first.close();
                assertThat(second.head()).contains(" 200 OK");
                second.send(new byte[MIB]);
                assertThat(uploads.ended(task).get("status").asText()).isEqualTo("success");
            }
        }
    }
}
