package org.jxapi.member;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/**
 * The mark of a member that becomes the coordinator at its next start: the file {@code pool/take-over}. It has what the former
 * coordinator is as a member, and is empty if that one is lost.
 */
final class Heir {
    private static final JsonMapper JSON = new JsonMapper();

    private Heir() {}

    private static Path file(Path data) {
        return Membership.folder(data).resolve("take-over");
    }

    /** Whether there is a mark. */
    static boolean is(Path data) {
        return Files.exists(file(data));
    }

    /** In the place of a coordinator that is lost; on disk when this returns. */
    static void ofLost(Path data) throws IOException {
        SafeFile.write(file(data), new byte[0]);
    }

    /** In the place of a coordinator that becomes that member; on disk when this returns. */
    static void of(Path data, KnownMember former) throws IOException {
        try {
            SafeFile.write(file(data), JSON.writeValueAsBytes(former));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The former coordinator as a member; empty if it is lost. */
    static Optional<KnownMember> former(Path data) throws IOException {
        byte[] content = Files.readAllBytes(file(data));
        try {
            return content.length == 0 ? Optional.empty() : Optional.of(JSON.readValue(content, KnownMember.class));
        } catch (JsonProcessingException e) {
            throw new IOException("cannot use the file " + file(data) + ": " + Reason.of(e), e);
        }
    }

    static void end(Path data) throws IOException {
        Files.delete(file(data));
    }
}
