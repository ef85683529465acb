package org.jxapi.transfer;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;

/**
 * The API as root, for objects that an import creates, and removes if it fails. The right to import covers them. A session
 * that has ended, such as the oldest one of too many, is replaced by a new one.
 */
public final class Client implements AutoCloseable {
    private final Dispatcher dispatcher;
    private String session;

    public Client(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
        this.session = login();
    }

    private String login() {
        return succeeded(send("session.login_with_password", List.of("root", "", "", "import")))
                .result()
                .toString();
    }

    /** Calls a message; parameters are untyped, references text. */
    public Reply.Success call(String method, Object... params) {
        Reply reply = inSession(method, params);
        if (reply instanceof Reply.Failure failure && failure.code().equals("SESSION_INVALID")) {
            session = login();
            reply = inSession(method, params);
        }
        return succeeded(reply);
    }

    /** Creates an object of that class. */
    public <C> Ref<C> make(ClassModel<C> model, Object record) {
        return model.ref(call(model.name() + ".create", record).result().toString());
    }

    private Reply inSession(String method, Object... params) {
        List<Object> all = new ArrayList<>();
        all.add(session);
        all.addAll(List.of(params));
        return send(method, all);
    }

    private Reply send(String method, List<Object> params) {
        return dispatcher.call(new Call.Request(method, params, Call.Origin.INTERNAL));
    }

    private static Reply.Success succeeded(Reply reply) {
        if (reply instanceof Reply.Failure failure) {
            throw new XenApiException(failure.code(), failure.params());
        }
        return (Reply.Success) reply;
    }

    @Override
    public void close() {
        call("session.logout");
    }
}
