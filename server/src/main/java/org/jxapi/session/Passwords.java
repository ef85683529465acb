package org.jxapi.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jxapi.store.SafeFile;

/**
 * Root's password. It stands in a file of its own that only the daemon's user can read, so that an administrator on the
 * host finds it there; the unix socket needs none.
 */
public final class Passwords {
    private final Path file;

    private Passwords(Path file) {
        this.file = file;
    }

    /** The password in the first line of that file, which must be there. */
    public static Passwords of(Path file) throws IOException {
        Passwords passwords = new Passwords(file);
        if (passwords.current().isEmpty()) {
            throw new IOException("the first line is empty");
        }
        return passwords;
    }

    /** The password of a data folder; made when there is none yet. */
    public static Passwords inDataFolder(Path folder) throws IOException {
        Passwords passwords = new Passwords(folder.resolve("root-password"));
        if (!Files.exists(passwords.file)) {
            byte[] random = new byte[15];
            new SecureRandom().nextBytes(random);
            passwords.write(Base64.getUrlEncoder().encodeToString(random));
        }
        return passwords;
    }

    /** Whether this is the password; takes as long for every wrong one. */
    public boolean matches(String given) {
        try {
            return MessageDigest.isEqual(
                    current().getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            return false;
        }
    }

    public synchronized void change(String password) throws IOException {
        write(password);
    }

    private String current() throws IOException {
        return Files.readString(file).lines().findFirst().orElse("");
    }

    private void write(String password) throws IOException {
        SafeFile.write(file, (password + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
