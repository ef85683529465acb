package org.jxapi.http;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Audit;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.session.Sessions;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Session;

/**
 * The sender of a request that is not a call: the peer of the unix socket, a session that a cookie or the query names,
 * a user with a name and a password, or a client with a certificate.
 */
public final class HttpAccess {
    private static final String BASIC = "Basic ";

    private final Sessions sessions;
    private final Dispatcher dispatcher;
    private final Audit audit;

    /** @param audit records requests */
    public HttpAccess(Store store, Dispatcher dispatcher, Clock clock, Audit audit) {
        this.audit = audit;
        this.sessions = new Sessions(store, clock);
        this.dispatcher = dispatcher;
    }

    /**
     * Finds out who sends the request, without waiting: it fails with a {@link Refusal}. A refused password fails late,
     * which costs no thread.
     *
     * @param realm for what a name and a password are asked
     */
    CompletionStage<Grant> admit(RequestHead request, String realm) {
        try {
            if (request.unixSocket()) {
                return login(request, "", "root", "");
            }
            boolean foreign = Browser.foreign(request);
            String session = foreign ? request.query().get("session_id") : request.param("session_id");
            if (session != null) {
                return CompletableFuture.completedFuture(of(session, foreign ? "" : realm, () -> {}));
            }
            if (foreign) {
                throw Refusal.foreign();
            }
            return basic(request, realm);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Why a request was not admitted. */
    static Refusal refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof Refusal refusal ? refusal : Refusal.internal("The request could not be served.");
    }

    /** The rights of a request's caller, who needs a permission such as {@code http/get_export}; 403 without it. */
    public Grant grant(RequestHead request, String permission) {
        Grant grant = request.admitted();
        if (!grant.permits(permission)) {
            throw Refusal.denied(permission);
        }
        return grant;
    }

    private CompletionStage<Grant> basic(RequestHead request, String realm) {
        String authorization = request.headers().get("authorization");
        if (authorization == null && !request.certificates().isEmpty()) {
            return login(request, realm, "", "");
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
            return new Grant(ref, sessions.rights(ref), audit, end);
        } catch (XenApiException e) {
            throw Refusal.unauthorised(realm);
        }
    }

    private CompletionStage<Grant> login(RequestHead request, String realm, String user, String password) {
        return call(request, "session.login_with_password", user, password, "", "")
                .thenApply(login -> {
                    if (!(login instanceof Reply.Success success)) {
                        throw refusal((Reply.Failure) login, realm);
                    }
                    String session = ((Ref<?>) success.result()).value();
                    return of(session, realm, () -> call(request, "session.logout", session));
                });
    }

    private static Refusal refusal(Reply.Failure failure, String realm) {
        return switch (failure.code()) {
            case "SESSION_AUTHENTICATION_FAILED" -> Refusal.unauthorised(realm);
            case "TOO_BUSY" -> Refusal.busy();
            default -> Refusal.internal(failure.code() + ": [ " + String.join("; ", failure.params()) + " ]");
        };
    }

    private CompletionStage<Reply> call(RequestHead request, String method, Object... params) {
        Call.Origin origin =
                Call.Origin.of(request.unixSocket(), request.peer(), "", "").showing(request.certificates());
        return dispatcher.dispatch(new Call.Request(method, List.of(params), origin));
    }
}
