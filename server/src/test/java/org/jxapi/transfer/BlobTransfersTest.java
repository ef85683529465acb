package org.jxapi.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Eventually;
import org.jxapi.harness.Http;
import org.jxapi.harness.RunningDaemon;
import org.jxapi.harness.Uploads;
import org.jxapi.harness.XeProcess;

/** The contents of blobs over HTTP. Upstream: xapi_blob.ml. */
class BlobTransfersTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();
    private static final Uploads uploads = new Uploads(daemon, calls);
    private static final byte[] CONTENTS = "a picture".getBytes(StandardCharsets.UTF_8);

    private static String blob(String name, boolean open) throws Exception {
        return calls.text("pool.create_new_blob", calls.first("pool.get_all"), name, "image/png", open);
    }

    private static Path file(String blob) throws Exception {
        return daemon.data().resolve("blobs").resolve(calls.text("blob.get_uuid", blob));
    }

    private static String head(String method, String target, String... headers) throws Exception {
        try (Http http = new Http(daemon, method, target, headers)) {
            return http.head();
        }
    }

    @Test
    void contentsComeBackAlsoAfterAKill() throws Exception {
        String blob = blob("kept", false);
        assertThat(head("GET", "/blob?ref=" + blob, uploads.auth())).contains(" 404 ");
        assertThat(uploads.put("/blob?ref=" + blob, CONTENTS).get("status").asText())
                .isEqualTo("success");
        daemon.killAndStart();
        JsonNode record = calls.ok("blob.get_record", blob);
        assertThat(record.get("size").asLong()).isEqualTo(CONTENTS.length);
        assertThat(record.get("last_updated").asText()).isNotEqualTo("19700101T00:00:00Z");
        String byUuid = "/blob?uuid=" + record.get("uuid").asText();
        assertThat(uploads.get(byUuid)).isEqualTo(CONTENTS);
        assertThat(head("GET", byUuid, uploads.auth()))
                .containsIgnoringCase("content-type: image/png\r\n")
                .containsIgnoringCase("content-length: 9\r\n");
    }

    @Test
    void onlyPublicOnesNeedNoSession() throws Exception {
        String open = blob("open", true);
        String closed = blob("closed", false);
        uploads.put("/blob?ref=" + open, CONTENTS);
        uploads.put("/blob?ref=" + closed, CONTENTS);
        try (Http http = new Http(daemon, "GET", "/blob?ref=" + open)) {
            assertThat(http.head()).contains(" 200 OK\r\n");
            assertThat(http.rest()).isEqualTo(CONTENTS);
        }
        assertThat(head("GET", "/blob?ref=" + closed)).contains(" 401 ", "realm=\"get_blob\"");
        assertThat(head("PUT", "/blob?ref=" + open, "content-length: 0")).contains(" 401 ", "realm=\"put_blob\"");
    }

    @Test
    void requestsWithoutABlobAreRefused() throws Exception {
        assertThat(head("GET", "/blob", uploads.auth())).contains(" 400 ");
        assertThat(head("GET", "/blob?uuid=none", uploads.auth())).contains(" 404 ");
        assertThat(head("PUT", "/blob?ref=OpaqueRef:none", uploads.auth(), "content-length: 1"))
                .contains(" 404 ");
        String blob = blob("refused", false);
        assertThat(head("PUT", "/blob?ref=" + blob, uploads.auth())).contains(" 500 ");
        assertThat(head("PUT", "/blob?ref=" + blob, uploads.auth(), "content-length: 999999999999"))
                .contains(" 400 ");
    }

    @Test
    void anUploadThatEndsEarlyLeavesTheOldContents() throws Exception {
        String blob = blob("whole", false);
        uploads.put("/blob?ref=" + blob, CONTENTS);
        assertThat(uploads.put("/blob?ref=" + blob, new byte[5], "100")
                        .get("status")
                        .asText())
                .isEqualTo("failure");
        assertThat(uploads.get("/blob?ref=" + blob)).isEqualTo(CONTENTS);
        assertThat(calls.ok("blob.get_size", blob).asLong()).isEqualTo(CONTENTS.length);
    }

    @Test
    void theFileGoesWithTheBlob() throws Exception {
        String blob = blob("gone", false);
        uploads.put("/blob?ref=" + blob, CONTENTS);
        Path file = file(blob);
        assertThat(file).exists();
        calls.ok("blob.destroy", blob);
        Eventually.holds(() -> assertThat(file).doesNotExist());
    }

    @Test
    void xeSendsAndFetchesThem() throws Exception {
        String blob = blob("xe", false);
        Path from = Files.write(daemon.folder().resolve("from"), CONTENTS);
        Path to = daemon.folder().resolve("to");
        String uuid = "uuid=" + calls.text("blob.get_uuid", blob);
        assertThat(XeProcess.ok(daemon.folder(), "blob-put", uuid, "filename=" + from))
                .contains("Blob put succeeded");
        assertThat(XeProcess.ok(daemon.folder(), "blob-get", uuid, "filename=" + to))
                .contains("Blob get succeeded");
        assertThat(to).hasBinaryContent(CONTENTS);
    }
}
