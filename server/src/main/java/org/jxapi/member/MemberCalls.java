package org.jxapi.member;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Type;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.host.HostAgent;
import org.jxapi.session.LoginThrottle;
import org.jxapi.session.Passwords;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The XenAPI of a member. It sends clients to the coordinator, by HOST_IS_SLAVE with its address. An administrator who
 * logs in to the member itself can give it another address of the coordinator, or stop it, also while the coordinator is
 * away.
 */
public final class MemberCalls implements Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(MemberCalls.class);
    private static final String LOGIN = "session.slave_local_login_with_password";
    /** Sessions of the member itself; the oldest goes when there are more. */
    private static final int MOST_SESSIONS = 100;

    private final OwnPlace place;
    private final Passwords passwords;
    private final LoginThrottle throttle = new LoginThrottle();
    private final Map<String, Long> sessions = new ConcurrentHashMap<>();
    private final Map<String, Message> messages = new HashMap<>();

    private interface Message {
        Reply run(List<Object> params) throws IOException;
    }

    public MemberCalls(OwnPlace place, Passwords passwords, HostAgent daemon, MemberCopy copy) {
        this.place = place;
        this.passwords = passwords;
        messages.put("session.local_logout", params -> {
            sessions.remove(text(params, 0));
            return done();
        });
        messages.put("pool.is_slave", params -> new Reply.Success(Type.Basic.BOOL, true));
        messages.put("pool.emergency_reset_master", params -> {
            at(text(params, 1));
            return done();
        });
        messages.put("pool.emergency_transition_to_master", params -> {
            copy.takeOver(membership());
            daemon.restart(HostAgent.MOMENT);
            return done();
        });
        messages.put("host.shutdown_agent", params -> {
            daemon.stop(HostAgent.MOMENT);
            return done();
        });
        messages.put("host.local_assert_healthy", params -> done());
    }

    private static Reply done() {
        return new Reply.Success(Type.Basic.VOID, null);
    }

    private static String text(List<Object> params, int index) {
        return params.size() > index && params.get(index) instanceof String text ? text : "";
    }

    /** Whether this host itself has an answer to a call. To all others it says HOST_IS_SLAVE. */
    boolean knows(String method) {
        return messages.containsKey(method) || method.equals(LOGIN);
    }

    @Override
    public boolean immediate(String method) {
        return !knows(method);
    }

    /** A wrong login is answered the later, the more of them its peer has had refused. */
    @Override
    public CompletionStage<Reply> dispatch(Call.Request request) {
        String peer = request.origin().peer();
        boolean login = request.method().equals(LOGIN) && !request.origin().unixSocket();
        if (login && !throttle.open(peer)) {
            return CompletableFuture.completedFuture(failure(Errors.tooBusy()));
        }
        Reply reply = answer(request);
        return login && reply instanceof Reply.Failure
                ? throttle.refused(peer).thenApply(done -> reply)
                : CompletableFuture.completedFuture(reply);
    }

    private static Reply failure(XenApiException e) {
        return new Reply.Failure(e.code(), e.params());
    }

    private Reply answer(Call.Request request) {
        try {
            if (request.method().equals(LOGIN)) {
                return login(request);
            }
            Message message = messages.get(request.method());
            if (message == null) {
                throw Errors.hostIsSlave(membership().coordinator());
            }
            String session = text(request.params(), 0);
            if (!sessions.containsKey(session)) {
                throw Errors.sessionInvalid(session);
            }
            return message.run(request.params());
        } catch (XenApiException e) {
            return failure(e);
        } catch (IOException | RuntimeException e) {
            LOG.error("Call of {} failed unexpectedly", request.method(), e);
            return failure(Errors.internalError(Reason.of(e)));
        }
    }

    private Reply login(Call.Request request) {
        String user = text(request.params(), 0);
        boolean admitted =
                request.origin().unixSocket() || user.equals("root") && passwords.matches(text(request.params(), 1));
        if (!admitted) {
            LOG.warn(
                    "Login of user {} from {} was refused",
                    user,
                    request.origin().peer());
            throw Errors.sessionAuthenticationFailed(user, "Authentication failure");
        }
        Type.Reference type = new Type.Reference("session");
        String session = "OpaqueRef:" + FreshIds.uuid("session");
        if (sessions.size() >= MOST_SESSIONS) {
            sessions.entrySet().stream().min(Map.Entry.comparingByValue()).ifPresent(e -> sessions.remove(e.getKey()));
        }
        sessions.put(session, System.nanoTime());
        return new Reply.Success(type, type.ref(session));
    }

    /** Follows the coordinator to another address. */
    private void at(String address) throws IOException {
        if (address.isBlank()) {
            throw Errors.valueNotSupported("master_address", address, "it is the address of the coordinator");
        }
        place.at(address);
        LOG.info("Pool: the coordinator's address is {} now", address);
    }

    /** This host's place in the pool, as it is now. */
    public Membership membership() {
        return place.membership();
    }
}
