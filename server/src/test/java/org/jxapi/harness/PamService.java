package org.jxapi.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jxapi.pam.Pam;
import org.jxapi.pam.PamException;

/**
 * A service of PAM for tests, in a folder of its own: its modules run scripts, so it needs no right and no account. Any
 * local user whose password is {@code secret of NAME} may log in.
 */
public final class PamService implements AutoCloseable {
    private static final List<Path> MODULES = List.of(
            Path.of("/lib/x86_64-linux-gnu/security/pam_exec.so"),
            Path.of("/lib/aarch64-linux-gnu/security/pam_exec.so"),
            Path.of("/lib64/security/pam_exec.so"));

    private final Path folder;

    public PamService() {
        try {
            folder = Files.createTempDirectory("pam");
            script("auth", "[ \"$(/usr/bin/tr -d '\\0')\" = \"secret of $PAM_USER\" ]");
            script("account", "! [ -e $folder/expired-$PAM_USER ]");
            script("password", "echo \"$PAM_USER\" >> $folder/changed");
            Files.writeString(folder.resolve("jxapi"), """
                    auth required pam_exec.so quiet expose_authtok %1$s/auth
                    account required pam_exec.so quiet %1$s/account
                    password required pam_exec.so quiet %1$s/password
                    """.formatted(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void script(String name, String line) throws IOException {
        Path file = Files.writeString(folder.resolve(name), "#!/bin/sh\nfolder=" + folder + "\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The file that the setting {@code pam-service} names. */
    public Path file() {
        return folder.resolve("jxapi");
    }

    /** Whether this machine has what the service needs: libpam 1.4 or newer, and its module pam_exec. */
    public boolean works() {
        Optional<Pam> pam = Pam.of(file().toString());
        return pam.isPresent() && MODULES.stream().anyMatch(Files::exists) && folders(pam.get());
    }

    /** Whether libpam accepts a folder. */
    private static boolean folders(Pam pam) {
        try {
            pam.checkAccount("root");
            return true;
        } catch (UnsatisfiedLinkError e) {
            return false;
        } catch (PamException e) {
            return true;
        }
    }

    public static String password(String user) {
        return "secret of " + user;
    }

    /** Refuses a user's account from now on, whatever the password. */
    public void expire(String user) throws IOException {
        Files.createFile(folder.resolve("expired-" + user));
    }

    /** The users whose passwords were changed, in that order. */
    public List<String> changed() throws IOException {
        Path file = folder.resolve("changed");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
