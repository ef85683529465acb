package org.jxapi.console;

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
import org.jxapi.http.ConnectRequest;
import org.jxapi.session.Rights;
import org.jxapi.session.Sessions;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;

/**
 * Who may have a console: the peer of the unix socket, a session named by the cookie or the query, or a name and a
 * password. A session needs the role vm-operator.
 */
public final class ConsoleAccess {
    private static final String PERMISSION = "http/connect_console";
    private static final String BASIC = "Basic ";

    private final Sessions sessions;
    private final Dispatcher dispatcher;

    public ConsoleAccess(Store store, Dispatcher dispatcher, Clock clock) {
        this.sessions = new Sessions(store, clock);
        this.dispatcher = dispatcher;
    }

    /** What the client may do; 401 when it is nobody, 403 when it may not have any console. */
    Rights rights(ConnectRequest request) {
        if (request.unixSocket()) {
            return Rights.ALL;
        }
        String session =
                request.cookies().getOrDefault("session_id", request.query().get("session_id"));
        Rights rights;
        if (session != null) {
            rights = of(session);
        } else if (request.authorization() != null && request.authorization().startsWith(BASIC)) {
            rights = ofPassword(request);
        } else {
            throw Refusal.unauthorised();
        }
        if (!rights.permits(PERMISSION)) {
            throw Refusal.forbidden();
        }
        return rights;
    }

    private Rights of(String session) {
        try {
            Ref<Session> ref = sessions.check(session);
            return sessions.rights(ref);
        } catch (XenApiException e) {
            throw Refusal.unauthorised();
        }
    }

    private Rights ofPassword(ConnectRequest request) {
        String given;
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(request.authorization().substring(BASIC.length()).strip());
            given = new String(decoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Refusal.unauthorised();
        }
        int colon = given.indexOf(':');
        if (colon < 0) {
            throw Refusal.unauthorised();
        }
        Reply login = call(
                request, "session.login_with_password", given.substring(0, colon), given.substring(colon + 1), "", "");
        if (!(login instanceof Reply.Success success)) {
            throw Refusal.unauthorised();
        }
        String session = ((Ref<?>) success.value()).value();
        try {
            return of(session);
        } finally {
            call(request, "session.logout", session);
        }
    }

    private Reply call(ConnectRequest request, String method, Object... params) {
        Call.Origin origin = new Call.Origin(false, request.peer(), "", "", null, null, Map.of());
        return dispatcher
                .dispatch(new Call.Request(method, List.of(params), origin))
                .toCompletableFuture()
                .join();
    }
}
