package org.jxapi.directory;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jxapi.directory.DirectoryException.Kind;
import org.jxapi.pam.LibPam;
import org.jxapi.pam.Pam;
import org.jxapi.pam.PamException;
import org.jxapi.program.Program;

/**
 * The host's own users and groups: PAM checks passwords and accounts, and {@code getent} knows names. As in XAPI's
 * authx.ml, the user with uid 1000 has the identifier {@code u1000}, and the group with gid 1000 {@code g1000}.
 */
public final class LocalUsers implements Directory {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");
    private static final int NOT_FOUND = 2;

    private final Pam pam;

    public LocalUsers(Pam pam) {
        this.pam = pam;
    }

    @Override
    public void check() throws DirectoryException {
        entry("passwd", "root", 0);
    }

    @Override
    public String authenticate(String user, String password) throws DirectoryException {
        try {
            pam.authenticate(user, password);
        } catch (PamException e) {
            throw new DirectoryException(Kind.REFUSED, String.valueOf(e.getMessage()), e);
        }
        return entry("passwd", user, 0)
                .map(fields -> "u" + fields[2])
                .orElseThrow(() -> new DirectoryException(Kind.REFUSED, "there is no local user " + user));
    }

    @Override
    public String identifier(String name) throws DirectoryException {
        Optional<String[]> user = entry("passwd", name, 0);
        if (user.isPresent()) {
            return "u" + user.get()[2];
        }
        return entry("group", name, 0).map(fields -> "g" + fields[2]).orElseThrow(() -> unknown(name));
    }

    @Override
    public Account account(String identifier) throws DirectoryException {
        if (identifier.startsWith("u")) {
            return user(identifier, byNumber("passwd", identifier));
        }
        String[] fields = byNumber("group", identifier);
        Map<String, String> more = new LinkedHashMap<>();
        more.put("subject-uid", identifier);
        more.put("subject-gid", identifier);
        return new Account(fields[0], identifier, true, Account.State.USABLE, more);
    }

    private Account user(String identifier, String[] fields) throws DirectoryException {
        String name = fields[0];
        String gecos = fields.length > 4 ? fields[4] : "";
        Map<String, String> more = new LinkedHashMap<>();
        more.put("subject-uid", identifier);
        more.put("subject-gid", "g" + fields[3]);
        more.put("subject-gecos", gecos);
        more.put("subject-displayname", gecos.isEmpty() ? name : gecos);
        return new Account(name, identifier, false, state(name, fields[1]), more);
    }

    /** XAPI looks at the password's field alone. PAM also knows of expired accounts and passwords. */
    private Account.State state(String name, String password) {
        boolean none = password.isEmpty() || password.startsWith("*") || password.startsWith("!");
        try {
            pam.checkAccount(name);
            return new Account.State(none, false, false, false);
        } catch (PamException e) {
            boolean expired = e.status() == LibPam.PAM_ACCT_EXPIRED;
            boolean old = e.status() == LibPam.PAM_NEW_AUTHTOK_REQD;
            return new Account.State(none || !(expired || old), expired, false, old);
        }
    }

    @Override
    public List<String> groups(String identifier) throws DirectoryException {
        if (identifier.startsWith("g")) {
            byNumber("group", identifier);
            return List.of(identifier);
        }
        String name = byNumber("passwd", identifier)[0];
        String numbers = output("id", "-G", "--", name).orElseThrow(() -> unknown(name));
        return Arrays.stream(numbers.strip().split(" ")).map(gid -> "g" + gid).toList();
    }

    private static String[] byNumber(String database, String identifier) throws DirectoryException {
        String number = identifier.isEmpty() ? "" : identifier.substring(1);
        char kind = database.equals("passwd") ? 'u' : 'g';
        if (!NUMBER.matcher(number).matches() || identifier.charAt(0) != kind) {
            throw unknown(identifier);
        }
        return entry(database, number, 2).orElseThrow(() -> unknown(identifier));
    }

    /** The fields of an entry; its field {@code column} must be the key, since getent accepts names and numbers. */
    private static Optional<String[]> entry(String database, String key, int column) throws DirectoryException {
        if (key.isEmpty() || key.chars().anyMatch(c -> c == ':' || c < ' ')) {
            return Optional.empty();
        }
        return output("getent", database, "--", key)
                .map(line -> line.strip().split(":", -1))
                .filter(fields -> fields.length >= 4 && fields[column].equals(key));
    }

    private static Optional<String> output(String... command) throws DirectoryException {
        try {
            Program.Result result = Program.of(command).within(LIMIT).result();
            if (result.status() == 0) {
                return Optional.of(result.output());
            }
            if (result.status() == NOT_FOUND || command[0].equals("id")) {
                return Optional.empty();
            }
            throw new DirectoryException(Kind.UNAVAILABLE, command[0] + " failed: " + result.said());
        } catch (IOException e) {
            throw new DirectoryException(Kind.UNAVAILABLE, String.valueOf(e.getMessage()), e);
        }
    }

    private static DirectoryException unknown(String name) {
        return new DirectoryException(Kind.NOT_FOUND, "there is no local user or group " + name);
    }
}
