package org.jxapi.daemon;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.jxapi.backup.DumpFile;
import org.jxapi.member.SharedDatabase;
import org.jxapi.session.Passwords;
import org.jxapi.store.DatabaseRestore;

/** Jobs of jxapid on its data folder, after which it exits instead of becoming a daemon. */
final class Maintenance {
    private static final String SET_PASSWORD = "--set-root-password";
    private static final String CHECK = "--check-config";
    private static final String ALONE = "--open-alone";
    private static final String RESTORE = "--restore-database";

    private Maintenance() {}

    /** Does what the command line asks for, and returns the exit status; null when it asks for a daemon. */
    static @Nullable Integer run(List<String> args, PrintStream out) throws IOException {
        List<String> rest = new ArrayList<>(args);
        if (rest.remove(CHECK)) {
            return ConfigCheck.run(rest, out) ? 0 : 1;
        }
        if (rest.remove(SET_PASSWORD)) {
            setRootPassword(Settings.parse(rest), out);
            return 0;
        }
        if (rest.remove(ALONE)) {
            SharedDatabase.openAlone(Settings.parse(rest).dataDir());
            out.println("the next start waits for no host that has a copy of the database");
            return 0;
        }
        int restore = -1;
        for (int i = 0; i < rest.size(); i++) {
            if (rest.get(i).equals(RESTORE) || rest.get(i).startsWith(RESTORE + "=")) {
                restore = i;
            }
        }
        if (restore < 0) {
            return null;
        }
        String option = rest.remove(restore);
        String backup = option.equals(RESTORE) ? null : option.substring(RESTORE.length() + 1);
        if (backup == null && restore < rest.size() && !rest.get(restore).startsWith("--")) {
            backup = rest.remove(restore);
        }
        Settings settings = Settings.parse(rest);
        Path from = backup == null ? null : SettingValues.path("restore-database", backup);
        SharedDatabase.assertAlone(settings.dataDir());
        String restored = DatabaseRestore.run(settings.store(), from, DumpFile::read);
        SharedDatabase.forget(settings.dataDir());
        out.println(restored);
        return 0;
    }

    private static void setRootPassword(Settings settings, PrintStream out) throws IOException {
        String password = password();
        if (password == null || !Passwords.acceptable(password)) {
            throw new IOException("the password must be one line that is not blank; it has not been changed");
        }
        Path file = settings.passwordFile();
        if (settings.rootPasswordFile() == null && !Files.exists(settings.dataDir())) {
            Files.createDirectories(
                    settings.dataDir(),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Passwords.set(file, password);
        out.println("root's password has been set in " + file);
    }

    private static String password() throws IOException {
        Console console = System.console();
        if (console == null) {
            return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        }
        char[] first = console.readPassword("New password of root: ");
        char[] again = first == null ? null : console.readPassword("The same again: ");
        if (first == null || again == null || !Arrays.equals(first, again)) {
            throw new IOException("the two passwords differ; it has not been changed");
        }
        return new String(first);
    }
}
