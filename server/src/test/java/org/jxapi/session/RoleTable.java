package org.jxapi.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jxapi.datamodel.BuiltInRole;

/** docs/roles.md: who may do what. */
public final class RoleTable {
    static final String FILE = "docs/roles.md";

    /** The roles in the order of the columns, from the most powerful to the least. */
    public static final List<String> COLUMNS = List.of(
            BuiltInRole.POOL_ADMIN.wire(),
            BuiltInRole.POOL_OPERATOR.wire(),
            BuiltInRole.VM_POWER_ADMIN.wire(),
            BuiltInRole.VM_ADMIN.wire(),
            BuiltInRole.VM_OPERATOR.wire(),
            Permissions.CLIENT_CERT,
            BuiltInRole.READ_ONLY.wire());

    private static final String HEAD = """
            # Roles

            The roles that may send each message, set each protected key of a map, and use each HTTP handler. The roles
            and their permissions are XAPI's. A user has the roles of its subject and of the subject's groups;
            `subject-role-add` assigns them. Root of the host may do everything. `client-cert` is the internal role of
            clients that a certificate identifies.

            A message about a protected key of a map (`VM.add_to_other_config/key:pci`) needs the right to that key in
            place of the right to the message; `*` stands for the rest of a key. `xe` sends the messages of a command
            with the rights of its user. jxapid offers messages and handlers as [coverage](coverage.md) says. Those that
            it does not offer are refused to the same roles. One plug-in is for everybody: a user without the right to
            `host.call_plugin` manages the user's own API tokens with `jxapi-token`.

            `packaging/dev generate` writes this page. `RoleWalkTest` sends all of it to a running daemon, with a session
            of each role.
            """;

    private RoleTable() {}

    static String text() {
        Map<String, List<Permission>> parts = new LinkedHashMap<>();
        parts.put("HTTP handlers", new ArrayList<>());
        parts.put("Tasks of other users", new ArrayList<>());
        for (Permission permission : Permissions.all()) {
            parts.computeIfAbsent(part(permission), p -> new ArrayList<>()).add(permission);
        }
        StringBuilder out = new StringBuilder(HEAD);
        parts.forEach((title, permissions) -> {
            out.append("\n## ").append(title).append("\n\n| ");
            out.append(title.equals("HTTP handlers") ? "request | permission" : "permission");
            COLUMNS.forEach(role -> out.append(" | ").append(role));
            out.append(" |\n|").append("---|".repeat(COLUMNS.size() + (title.equals("HTTP handlers") ? 2 : 1)));
            out.append("\n");
            permissions.forEach(permission -> row(out, permission));
        });
        return out.toString();
    }

    private static String part(Permission permission) {
        if (permission.name().startsWith("http/")) {
            return "HTTP handlers";
        }
        return permission.name().equals(Permissions.TASKS_OF_OTHERS)
                ? "Tasks of other users"
                : permission.name().substring(0, permission.name().indexOf('.'));
    }

    private static void row(StringBuilder out, Permission permission) {
        out.append("| ");
        if (permission.name().startsWith("http/")) {
            HttpAction action = HttpAction.named(permission.name().split("/")[1]);
            out.append(action.method()).append(' ').append(action.path()).append(" | ");
        }
        out.append('`').append(permission.name()).append('`');
        COLUMNS.forEach(role -> out.append(" | ").append(Permissions.holds(role, permission) ? "x" : ""));
        out.append(" |\n");
    }

    /** The roles that hold each permission, as the page says; permissions as XAPI's model writes them. */
    public static Map<String, Set<String>> read() throws IOException {
        Map<String, Set<String>> table = new LinkedHashMap<>();
        for (String line : Files.readAllLines(Path.of("..").resolve(FILE))) {
            String[] cells = line.split("\\|", -1);
            int name = 0;
            while (name < cells.length && !cells[name].strip().startsWith("`")) {
                name++;
            }
            if (!line.startsWith("| ") || name + COLUMNS.size() >= cells.length) {
                continue;
            }
            Set<String> holders = new TreeSet<>();
            for (int i = 0; i < COLUMNS.size(); i++) {
                if (cells[name + 1 + i].strip().equals("x")) {
                    holders.add(COLUMNS.get(i));
                }
            }
            table.put(cells[name].strip().replace("`", ""), holders);
        }
        return table;
    }
}
