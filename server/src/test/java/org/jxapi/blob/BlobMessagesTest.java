package org.jxapi.blob;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jxapi.harness.Calls;
import org.jxapi.harness.RunningDaemon;

/** Blobs of a VM and of a network, as a client sees them. */
class BlobMessagesTest {
    @RegisterExtension
    static final RunningDaemon daemon = RunningDaemon.onSimulator();

    private static final Calls calls = daemon.calls();

    @Test
    void anObjectHasBlobsByName() throws Exception {
        String vm = calls.vm("with blobs");
        String blob = calls.text("VM.create_new_blob", vm, "picture", "image/png", true);
        assertThat(calls.ok("VM.get_blobs", vm).get("picture").asText()).isEqualTo(blob);
        assertThat(calls.text("blob.get_mime_type", blob)).isEqualTo("image/png");
        assertThat(calls.ok("blob.get_public", blob).asBoolean()).isTrue();
        assertThat(calls.ok("blob.get_size", blob).asLong()).isZero();
        assertThat(calls.error("VM.create_new_blob", vm, "picture", "", false))
                .containsExactly("MAP_DUPLICATE_KEY", "VM", "blobs", vm, "picture");
        String network = calls.first("network.get_all");
        String other = calls.text("network.create_new_blob", network, "notes", "", false);
        assertThat(calls.text("blob.get_mime_type", other)).isEqualTo("application/octet-stream");
        calls.ok("blob.destroy", other);
        assertThat(calls.ok("network.get_blobs", network)).isEmpty();
        calls.ok("VM.destroy", vm);
        assertThat(calls.error("blob.get_record", blob)).containsExactly("HANDLE_INVALID", "blob", blob);
    }
}
