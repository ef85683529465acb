package org.jxapi.member;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jxapi.store.SafeFile;

/**
 * The mark of a member that becomes the coordinator at its next start: the file {@code pool/take-over}. It has what the former
 * coordinator is as a member, and is empty if that one is lost.
 */
final class Heir {
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
        PlaceFile.write(file(data), former);
    }

    /** The former coordinator as a member; empty if it is lost. */
    static Optional<KnownMember> former(Path data) throws IOException {
        return Files.size(file(data)) == 0 ? Optional.empty() : PlaceFile.read(file(data), KnownMember.class, "file");
    }

    static void end(Path data) throws IOException {
        Files.delete(file(data));
    }
}
