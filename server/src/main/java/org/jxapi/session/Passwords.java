package org.jxapi.session;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import org.jxapi.store.Reason;
import org.jxapi.store.SafeFile;

/**
 * Root's password in a file that only the daemon's user can read, where an administrator of the host can find it: the one of
 * the settings, or that of a member of a pool. The unix socket needs no password.
 */
public final class Passwords implements RootPassword {
    private static final String FILE = "root-password";

    private final Path file;

    private Passwords(Path file) {
        this.file = file;
    }

    /**
     * The password in the first line of that file, which must be there.
     *
     * @throws IOException when it cannot be used; the message is one line that names the file
     */
    public static Passwords of(Path file) throws IOException {
        Passwords passwords = new Passwords(file);
        try {
            if (passwords.current().isBlank()) {
                throw new IOException("its first line is blank, which lets nobody in; set a password with"
                        + " jxapid --set-root-password");
            }
        } catch (MalformedInputException e) {
            throw unusable(file, "it is not text", e);
        } catch (IOException e) {
            throw unusable(file, Reason.of(e), e);
        }
        return passwords;
    }

    /** The password of a data folder; made when there is none yet. */
    public static Passwords inDataFolder(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            byte[] random = new byte[15];
            new SecureRandom().nextBytes(random);
            set(file, Base64.getUrlEncoder().encodeToString(random));
        }
        return of(file);
    }

    /** The file of a data folder. */
    public static Path fileIn(Path folder) {
        return folder.resolve(FILE);
    }

    private static IOException unusable(Path file, String reason, IOException e) {
        return new IOException("cannot use the file of root's password " + file + ": " + reason, e);
    }

    /** Whether a text can be a password: one line that is not blank. */
    public static boolean acceptable(String password) {
        return !password.isBlank() && password.lines().count() == 1 && password.indexOf('\r') < 0;
    }

    /**
     * Makes this the password that the file holds, also for a daemon that is running; the file is the old one or the new one
     * at any time.
     *
     * @throws IOException when it cannot be written; the message is one line that names the file
     */
    public static void set(Path file, String password) throws IOException {
        if (!acceptable(password)) {
            throw new IOException("the password must be one line that is not blank");
        }
        try {
            SafeFile.write(file, (password + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw unusable(file, Reason.of(e), e);
        }
    }

    /** A blank line in the file is no password at all. */
    @Override
    public boolean matches(String given) {
        try {
            String current = current();
            boolean same = MessageDigest.isEqual(
                    current.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
            return same && !current.isBlank();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public synchronized void change(String password) throws IOException {
        set(file, password);
    }

    /** The first line of the file. */
    String current() throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String first = lines.readLine();
            return first == null ? "" : first;
        }
    }
}
