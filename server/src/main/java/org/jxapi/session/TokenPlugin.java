package org.jxapi.session;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;

/**
 * The plug-in {@code jxapi-token} of host.call_plugin, which makes, lists and revokes API tokens. It is jxapi's own. Users
 * with the right to call any plug-in manage the tokens of all users. Any other user manages the own ones.
 */
public final class TokenPlugin {
    /** The name of the plug-in. */
    public static final String NAME = "jxapi-token";

    private static final Set<String> CREATE = Set.of("name", "user", "role", "days");
    private static final int LONGEST_NAME = 256;
    private static final int MOST_DAYS = 3650;
    /** The most tokens that a user makes without an administrator. */
    static final int MOST_OWN = 20;

    private static final String CALL = "host.call_plugin";

    private final Store store;
    private final Tokens tokens;
    private final Logins logins;
    private final ExternalAuth external;

    public TokenPlugin(Store store, Tokens tokens, Logins logins, ExternalAuth external) {
        this.store = store;
        this.tokens = tokens;
        this.logins = logins;
        this.external = external;
    }

    /** Whether a call is of this plug-in, which checks the rights of its callers itself. */
    public static boolean checksRights(MessageModel message, Object[] args) {
        return message.fullName().equals(CALL) && args.length > 1 && NAME.equals(args[1]);
    }

    /**
     * {@code create}, with the arguments {@code name}, {@code user}, {@code role} and {@code days}, returns a new token.
     * {@code list} returns the caller's tokens in JSON, without their texts, and for administrators those of all users.
     * {@code revoke} takes an {@code id}.
     */
    public String call(Ref<Session> caller, String function, Map<String, String> args) {
        Row<Session> session = store.snapshot().row(caller);
        boolean all = Rights.of(session).permits(CALL);
        if (!all && !ExternalAuth.external(session)) {
            // Neither a client with a certificate nor a guest's session has a user.
            throw Rights.denied(CALL);
        }
        return switch (function) {
            case "create" -> create(session, all, args);
            case "list" -> {
                check(args, Set.of());
                yield TokenFile.listed(visible(session, all));
            }
            case "revoke" -> {
                check(args, Set.of("id"));
                String id = args.getOrDefault("id", "");
                if (visible(session, all).stream().noneMatch(token -> token.id().equals(id))) {
                    throw Tokens.failure("there is no token " + id);
                }
                tokens.revoke(id);
                yield "";
            }
            default -> throw Tokens.failure("there is no function " + function + "; there are create, list, revoke");
        };
    }

    private List<Token> visible(Row<Session> session, boolean all) {
        return all ? tokens.all() : tokens.of(session.get(Session.AUTH_USER_SID));
    }

    private static void check(Map<String, String> args, Set<String> known) {
        for (String key : new TreeSet<>(args.keySet())) {
            if (!known.contains(key)) {
                throw Tokens.failure("there is no argument " + key);
            }
        }
    }

    /** A token never has more rights than its user has at its logins, so a user's own one needs no check of its role. */
    private String create(Row<Session> session, boolean all, Map<String, String> args) {
        check(args, CREATE);
        if (session.get(Session.OTHER_CONFIG).containsKey(Tokens.KEY)) {
            // A token that is limited or ends would otherwise make one that is not and does not.
            throw Tokens.failure("a session that began with a token makes no tokens; log in with the password");
        }
        String name = args.getOrDefault("name", "");
        String own = session.get(Session.AUTH_USER_NAME);
        // A local superuser need not be one who can log in: the unix socket takes any name.
        boolean nobody = session.get(Session.IS_LOCAL_SUPERUSER) && !logins.isSuperuser(own);
        String user = args.getOrDefault("user", nobody ? Logins.ROOT : own);
        if (name.length() > LONGEST_NAME || user.isEmpty() || user.length() > LONGEST_NAME) {
            throw Tokens.failure(
                    "name and user have at most " + LONGEST_NAME + " characters, and user has one at least");
        }
        String role = role(args.getOrDefault("role", ""));
        Integer days = days(args.get("days"));
        if (all) {
            return tokens.create(name, user, sid(user), role, days);
        }
        String sid = session.get(Session.AUTH_USER_SID);
        // A user may have several names for logins, as in Active Directory.
        if (!user.equals(own) && !sid.equals(sid(user))) {
            throw Rights.denied(CALL);
        }
        if (tokens.of(sid).size() >= MOST_OWN) {
            throw Tokens.failure("you have " + MOST_OWN + " tokens already; revoke some");
        }
        return tokens.create(name, user, sid, role, days);
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
