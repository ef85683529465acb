package org.jxapi.member;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;

/** The calls of a member for command lines, which log in to the member itself. */
public final class LocalLogin implements Dispatcher {
    private final MemberCalls calls;

    public LocalLogin(MemberCalls calls) {
        this.calls = calls;
    }

    @Override
    public CompletionStage<Reply> dispatch(Call.Request request) {
        return calls.dispatch(
                switch (request.method()) {
                    case "session.login_with_password" ->
                        new Call.Request(
                                "session.slave_local_login_with_password",
                                List.copyOf(request.params().subList(0, 2)),
                                request.origin());
                    case "session.logout" ->
                        new Call.Request("session.local_logout", request.params(), request.origin());
                    default -> request;
                });
    }
}
