package org.jxapi.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.session.TestSessions;
import org.jxapi.store.H2Store;
import org.jxapi.store.Store;

/** The daemon, with a session of a user for each role. A file in its data folder has their references. */
public final class DaemonWithRoles {
    private static final String FILE = "sessions-of-roles";

    private DaemonWithRoles() {}

    public static void main(String[] args) throws IOException {
        Settings settings = Settings.parse(List.of(args));
        Logging.start(settings.logFile(), settings.logLevel());
        Store store = H2Store.open(settings.dataDir());
        Daemon daemon = Daemon.start(settings, store);
        StringBuilder lines = new StringBuilder();
        TestSessions.ofEachRole(store)
                .forEach((role, session) ->
                        lines.append(role).append(' ').append(session).append('\n'));
        Files.writeString(settings.dataDir().resolve(FILE), lines);
        System.out.println("jxapid ready: " + String.join(" ", daemon.endpoints()));
        daemon.ready();
    }

    /** The references of its sessions, by role. */
    public static Map<String, String> sessions(Path data) throws IOException {
        Map<String, String> sessions = new LinkedHashMap<>();
        for (String line : Files.readAllLines(data.resolve(FILE))) {
            sessions.put(line.split(" ")[0], line.split(" ")[1]);
        }
        return sessions;
    }
}
