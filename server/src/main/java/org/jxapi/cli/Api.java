package org.jxapi.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;

/** The API under a session of its own, for one command. */
final class Api implements AutoCloseable {
    private final Dispatcher dispatcher;
    private final Call.Origin origin;
    private String session;

    private Api(Dispatcher dispatcher, Call.Origin origin) {
        this.dispatcher = dispatcher;
        this.origin = origin;
    }

    static Api login(Dispatcher dispatcher, CommandLine line, boolean unixSocket) {
        Call.Origin origin =
                new Call.Origin(unixSocket, unixSocket ? "unix socket" : "xe", "xe", "cli", null, null, Map.of());
        Api api = new Api(dispatcher, origin);
        String user = line.get("username", "");
        if (user.isEmpty() && !unixSocket) {
            throw new CliException("Username/password must be specified");
        }
        try {
            api.session = (String) String.valueOf(api.send(
                    "session.login_with_password",
                    List.of(user.isEmpty() ? "root" : user, line.get("password", ""), "1.1", "xe")));
        } catch (XenApiException e) {
            if (e.code().equals("SESSION_AUTHENTICATION_FAILED")) {
                throw new CliException("Authentication failed");
            }
            throw e;
        }
        return api;
    }

    /** Calls a message with the session before its parameters; the result is of the message's type. */
    Object call(String method, Object... params) {
        List<Object> all = new ArrayList<>();
        all.add(session);
        all.addAll(Arrays.asList(params));
        return send(method, all);
    }

    private Object send(String method, List<Object> params) {
        Reply reply = dispatcher
                .dispatch(new Call.Request(method, params, origin))
                .toCompletableFuture()
                .join();
        if (reply instanceof Reply.Failure failure) {
            throw new XenApiException(failure.code(), failure.params());
        }
        return reply instanceof Reply.Success success ? success.value() : null;
    }

    @Override
    public void close() {
        call("session.logout");
    }
}
