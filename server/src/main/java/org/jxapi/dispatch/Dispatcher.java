package org.jxapi.dispatch;

import java.util.concurrent.CompletionStage;

/** The one door to all messages: XML-RPC, JSON-RPC and the command line come through here. */
public interface Dispatcher {
    /**
     * Checks the session, the role, the number and the types of the parameters, and runs the message. Never throws and
     * never fails: errors are {@link Reply.Failure}. Long work runs on threads of its own.
     */
    CompletionStage<Reply> dispatch(Call.Request request);
}
