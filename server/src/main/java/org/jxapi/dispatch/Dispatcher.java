package org.jxapi.dispatch;

import java.util.concurrent.CompletionStage;

/** The one door to all messages: XML-RPC, JSON-RPC and the command line come through here. */
public interface Dispatcher {
    /**
     * Checks the session, the role, the number and the types of the parameters, and runs the message. Never throws and
     * never fails: errors are {@link Reply.Failure}. Long work runs on threads of its own. A simulator that loses
     * connections on purpose fails with {@link UnansweredException}.
     */
    CompletionStage<Reply> dispatch(Call.Request request);

    /**
     * Whether a message only looks at what is in memory, so that it may run on a thread that serves other clients too. All
     * others may wait, for a disk or for the hypervisor.
     */
    default boolean immediate(String method) {
        return false;
    }

    /**
     * The same for who has a thread: the message runs on it, and waits behind no other. So calls that are part of work
     * under way can never wait for calls that wait for that work. A dispatcher with threads of its own overrides this.
     */
    default Reply call(Call.Request request) {
        return dispatch(request).toCompletableFuture().join();
    }
}
