package org.jxapi.session;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.BuiltInRole;

/**
 * The plug-in {@code jxapi-token} of host.call_plugin, which only pool-admins may call: it makes, lists and revokes API
 * tokens. It is jxapi's own.
 */
public final class TokenPlugin {
    /** The name of the plug-in. */
    public static final String NAME = "jxapi-token";

    private static final Set<String> CREATE = Set.of("name", "user", "role", "days");
    private static final int LONGEST_NAME = 256;
    private static final int MOST_DAYS = 3650;

    private final Tokens tokens;
    private final Logins logins;
    private final ExternalAuth external;

    public TokenPlugin(Tokens tokens, Logins logins, ExternalAuth external) {
        this.tokens = tokens;
        this.logins = logins;
        this.external = external;
    }

    /**
     * {@code create}, with the arguments {@code name}, {@code user}, {@code role} and {@code days}, returns a new token.
     * {@code list} returns all in JSON, without their texts. {@code revoke} takes an {@code id}.
     */
    public String call(String function, Map<String, String> args) {
        return switch (function) {
            case "create" -> create(args);
            case "list" -> {
                check(args, Set.of());
                yield TokenFile.listed(tokens.all());
            }
            case "revoke" -> {
                check(args, Set.of("id"));
                tokens.revoke(args.getOrDefault("id", ""));
                yield "";
            }
            default -> throw Tokens.failure("there is no function " + function + "; there are create, list, revoke");
        };
    }

    private static void check(Map<String, String> args, Set<String> known) {
        for (String key : new TreeSet<>(args.keySet())) {
            if (!known.contains(key)) {
                throw Tokens.failure("there is no argument " + key);
            }
        }
    }

    private String create(Map<String, String> args) {
        check(args, CREATE);
        String name = args.getOrDefault("name", "");
        String user = args.getOrDefault("user", Logins.ROOT);
        if (name.length() > LONGEST_NAME || user.isEmpty() || user.length() > LONGEST_NAME) {
            throw Tokens.failure(
                    "name and user have at most " + LONGEST_NAME + " characters, and user has one at least");
        }
        return tokens.create(name, user, sid(user), role(args.getOrDefault("role", "")), days(args.get("days")));
    }

    /** The identifier of a user of the directory; empty for a local superuser. */
    private String sid(String user) {
        if (logins.isSuperuser(user)) {
            return "";
        }
        return external.ask(directory -> {
            String sid = directory.identifier(user);
            if (directory.account(sid).group()) {
                throw Tokens.failure(user + " is a group; a token belongs to a user");
            }
            return sid;
        });
    }

    private static String role(String name) {
        for (BuiltInRole role : BuiltInRole.values()) {
            if (role != BuiltInRole.LOCAL_ROOT && role.wire().equals(name)) {
                return name;
            }
        }
        if (!name.isEmpty()) {
            throw Tokens.failure("there is no role " + name);
        }
        return name;
    }

    private static @Nullable Integer days(@Nullable String text) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        try {
            int days = Integer.parseInt(text);
            if (days >= 1 && days <= MOST_DAYS) {
                return days;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw Tokens.failure("days is a number from 1 to " + MOST_DAYS + ", not " + text);
    }
}
