package org.jxapi.simulator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.BuiltInRole;

/**
 * A user of a world.
 *
 * @param role the role of a user of the world's directory; null for root, who is none of them and may do everything
 */
public record WorldUser(
        String name, String password, @Nullable String role) {
    private static final String ROOT = "root";
    private static final List<String> ROLES = Stream.of(BuiltInRole.values())
            .filter(role -> role != BuiltInRole.LOCAL_ROOT)
            .map(BuiltInRole::wire)
            .toList();

    public boolean isRoot() {
        return name.equals(ROOT);
    }

    static List<WorldUser> all(WorldNode top) {
        List<WorldUser> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (WorldNode user : top.children("users", 1000, "name", "password", "role")) {
            String name = user.text("name");
            if (!names.add(name)) {
                throw user.wrong("name", "must be a name of its own, not " + name);
            }
            all.add(new WorldUser(name, user.text("password"), role(user, name)));
        }
        return all;
    }

    private static @Nullable String role(WorldNode user, String name) {
        if (name.equals(ROOT)) {
            if (user.has("role")) {
                throw user.wrong("role", "is not for root, who may do everything");
            }
            return null;
        }
        String role = user.text("role");
        if (!ROLES.contains(role)) {
            throw user.wrong("role", "must be one of " + String.join(", ", ROLES) + ", not " + role);
        }
        return role;
    }
}
