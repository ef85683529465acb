package org.jxapi.http;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.session.Rights;
import org.jxapi.session.Sessions;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;

/**
 * Who sends a request that is no call: the peer of the unix socket, a session named by a cookie or by the query, or
 * somebody with a name and a password.
 */
public final class HttpAccess {
    private static final String BASIC = "Basic ";

    private final Sessions sessions;
    private final Dispatcher dispatcher;

    public HttpAccess(Store store, Dispatcher dispatcher, Clock clock) {
        this.sessions = new Sessions(store, clock);
        this.dispatcher = dispatcher;
    }

    /** A session while the request is served, and what it may do; closing it ends a session that was made for this. */
    public record Grant(Ref<Session> session, Rights rights, Runnable end) implements AutoCloseable {
        /** Whether it holds a permission such as {@code http/get_export}. */
        public boolean permits(String permission) {
            return rights.permits(permission);
        }

        @Override
        public void close() {
            end.run();
        }
    }

    /** Whoever it is, with a permission such as {@code http/get_export}; 401 when nobody, 403 without the permission. */
    public Grant grant(RequestHead request, String permission) {
        Grant grant = identify(request, permission);
        if (!grant.rights().permits(permission)) {
            grant.close();
            throw Refusal.forbidden();
        }
        return grant;
    }

    /**
     * Whoever it is, whatever they may do; 401 when nobody.
     *
     * @param permission names the realm of a 401 behind {@code http/}, as XAPI's does
     */
    public Grant identify(RequestHead request, String permission) {
        String realm = permission.substring(permission.lastIndexOf('/') + 1);
        String session = request.param("session_id");
        String authorization = request.headers().get("authorization");
        if (request.unixSocket()) {
            return login(request, realm, "root", "");
        }
        if (session != null) {
            return of(session, realm, () -> {});
        }
        if (authorization == null || !authorization.startsWith(BASIC)) {
            throw Refusal.unauthorised(realm);
        }
        String given;
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(BASIC.length()).strip());
            given = new String(decoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.unauthorised(realm);
        }
        int colon = given.indexOf(':');
        if (colon < 0) {
            throw Refusal.unauthorised(realm);
        }
        return login(request, realm, given.substring(0, colon), given.substring(colon + 1));
    }

    private Grant of(String session, String realm, Runnable end) {
        try {
            Ref<Session> ref = sessions.check(session);
            return new Grant(ref, sessions.rights(ref), end);
        } catch (XenApiException e) {
            throw Refusal.unauthorised(realm);
        }
    }

    private Grant login(RequestHead request, String realm, String user, String password) {
        Reply login = call(request, "session.login_with_password", user, password, "", "");
        if (!(login instanceof Reply.Success success)) {
            throw Refusal.unauthorised(realm);
        }
        String session = ((Ref<?>) success.value()).value();
        return of(session, realm, () -> call(request, "session.logout", session));
    }

    private Reply call(RequestHead request, String method, Object... params) {
        Call.Origin origin = new Call.Origin(request.unixSocket(), request.peer(), "", "", null, null, Map.of());
        return dispatcher
                .dispatch(new Call.Request(method, List.of(params), origin))
                .toCompletableFuture()
                .join();
    }
}
