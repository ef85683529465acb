package org.jxapi.simulator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/** The secret that orders over HTTP must carry. It is in a file that only the daemon's user can read. */
public final class SimulatorToken {
    private static final String SCHEME = "Bearer ";
    private static final int BYTES = 24;

    private final byte[] token;

    private SimulatorToken(byte[] token) {
        this.token = token;
    }

    /**
     * The token in the first line of a file, which is made if it is not there.
     *
     * @throws IOException when it cannot be used; the message is one line that names the file
     */
    public static SimulatorToken in(Path file) throws IOException {
        try {
            if (!Files.exists(file)) {
                byte[] random = new byte[BYTES];
                new SecureRandom().nextBytes(random);
                String fresh = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
                SafeFile.write(file, (fresh + "\n").getBytes(StandardCharsets.UTF_8));
            }
            String text = Files.readString(file).lines().findFirst().orElse("").strip();
            if (text.isEmpty()) {
                throw new IOException("its first line is blank; write a token there, or delete the file");
            }
            return new SimulatorToken(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IOException("cannot use the file of the simulator's token " + file + ": " + Reason.of(e), e);
        }
    }

    /** Whether a header {@code Authorization} carries it. */
    boolean admits(@Nullable String authorization) {
        return authorization != null
                && authorization.startsWith(SCHEME)
                && MessageDigest.isEqual(
                        token, authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
    }
}
