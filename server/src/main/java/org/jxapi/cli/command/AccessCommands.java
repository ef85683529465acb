package org.jxapi.cli.command;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.cli.thin.CliException;
import org.jxapi.datamodel.Ref;

/** The commands about who may log in, with which roles, and about secrets. */
final class AccessCommands {
    private AccessCommands() {}

    static void declare(CommandTable t) {
        t.add(
                "user-password-change",
                "new",
                "old",
                "Changes the password of the user who is logged in.",
                c -> c.call("session.change_password", c.get("old", ""), c.need("new")));
        t.add(
                "subject-add",
                "subject-name",
                "",
                "Allows a user or group of the directory to log in; subject-role-add then grants rights.",
                c -> {
                    Map<Object, Object> record = new LinkedHashMap<>();
                    record.put("subject_identifier", c.call("auth.get_subject_identifier", c.need("subject-name")));
                    record.put("other_config", Map.of());
                    c.printUuid(c.call("subject.create", record));
                });
        t.add(
                "subject-remove",
                "subject-uuid",
                "",
                "Stops a user or group of the directory from logging in.",
                c -> c.call("subject.destroy", c.ref("subject", "subject-uuid")));
        t.add(
                "subject-role-add",
                "uuid",
                "role-name role-uuid",
                "Gives a role to a user or group.",
                c -> role(c, "subject.add_to_roles"));
        t.add(
                "subject-role-remove",
                "uuid",
                "role-name role-uuid",
                "Removes a role from a user or group.",
                c -> role(c, "subject.remove_from_roles"));
        t.add(
                "session-subject-identifier-list",
                "",
                "",
                "Lists the users of the directory who are logged in.",
                c -> c.printer()
                        .records(identifiers(c).stream()
                                .map(id -> List.of(Map.entry("subject-identifier ( RO)", id)))
                                .toList()));
        t.add(
                "session-subject-identifier-logout",
                "subject-identifier",
                "",
                "Ends the sessions of a user.",
                c -> c.call("session.logout_subject_identifier", c.need("subject-identifier")));
        t.add(
                "session-subject-identifier-logout-all",
                "",
                "",
                "Ends the sessions of all users of the directory.",
                c -> identifiers(c).forEach(id -> c.call("session.logout_subject_identifier", id)));
        t.add("secret-create", "value", "", "Stores a secret and prints the UUID that refers to it.", c -> {
            Map<Object, Object> record = new LinkedHashMap<>();
            record.put("value", c.need("value"));
            record.put("other_config", c.map("other-config"));
            c.printUuid(c.call("secret.create", record));
        });
        t.add("secret-destroy", "uuid", "", "Destroys a secret.", c -> c.call("secret.destroy", c.ref("secret")));
    }

    private static List<String> identifiers(Context c) {
        return ((List<?>) c.call("session.get_all_subject_identifiers"))
                .stream().map(String::valueOf).toList();
    }

    private static void role(Context c, String message) {
        String uuid = c.get("role-uuid", "");
        String name = c.get("role-name", "");
        if (uuid.isEmpty() && name.isEmpty()) {
            throw new CliException("Required parameter not found: role-uuid or role-name");
        }
        if (!uuid.isEmpty() && !name.isEmpty()) {
            throw new CliException("Parameters role-uuid and role-name cannot be used together");
        }
        Ref<?> role = uuid.isEmpty()
                ? c.api().byName("role", name).stream().findFirst().orElse(Ref.nil())
                : c.api().byUuid("role", uuid);
        c.call(message, c.ref("subject"), role);
    }
}
