package org.jxapi.backup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jxapi.harness.Calls;
import org.jxapi.harness.Http;
import org.jxapi.harness.TestDaemon;
import org.jxapi.harness.Uploads;

/** Dumps of the database, downloaded, edited and restored as Xen Orchestra does. */
final class Dumps {
    static final String PATH = "/pool/xmldbdump";
    /** The length that its client gives for a stream whose length it does not know. */
    private static final String FAR_TOO_LONG = "1125899906842624";

    private Dumps() {}

    static byte[] download(TestDaemon daemon) throws Exception {
        return new Uploads(daemon, new Calls(daemon)).get(PATH);
    }

    /** The dump with other text in it, and the check sum that belongs to that. */
    static byte[] edited(byte[] dump, String from, String to) throws Exception {
        String text = new String(dump, 0, dump.length - DumpFormat.SEAL, StandardCharsets.UTF_8);
        assertThat(text).contains(from);
        byte[] changed = text.replace(from, to).getBytes(StandardCharsets.UTF_8);
        byte[] seal = DumpFormat.seal(MessageDigest.getInstance("SHA-256").digest(changed));
        byte[] all = Arrays.copyOf(changed, changed.length + seal.length);
        System.arraycopy(seal, 0, all, changed.length, seal.length);
        return all;
    }

    /** Uploads a dump as Xen Orchestra's putResource does, which disconnects when it has sent all; the task's record. */
    static JsonNode restore(TestDaemon daemon, Calls calls, byte[] dump, boolean dryRun) throws Exception {
        Uploads uploads = new Uploads(daemon, calls);
        String target = PATH + "?dry_run=" + dryRun + "&session_id=" + calls.session();
        try (Http probe = new Http(daemon, "PUT", target, "content-length: 0")) {
            assertThat(probe.head()).contains(" 200 OK\r\n");
        }
        String task = uploads.task("Import pool metadata");
        try (Http http = new Http(daemon, "PUT", Uploads.withTask(target, task), "content-length: " + FAR_TOO_LONG)) {
            assertThat(http.head()).contains(" 200 OK\r\n");
            http.send(dump);
        } catch (SocketException e) {
            assertThat(e.getMessage()).containsAnyOf("Broken pipe", "reset");
        }
        return uploads.ended(task);
    }
}
