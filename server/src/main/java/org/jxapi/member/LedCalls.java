package org.jxapi.member;

import java.util.concurrent.CompletionStage;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.xenapi.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of a coordinator whose place another host may take. A host that is cut off, or stood still, does not know at once that
 * another one leads: its answers would be old. So each waits until this host is known to have led after the call was carried
 * out.
 */
public final class LedCalls implements Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(LedCalls.class);

    private final Dispatcher calls;
    private final SharedDatabase shared;

    public LedCalls(Dispatcher calls, SharedDatabase shared) {
        this.calls = calls;
        this.shared = shared;
    }

    @Override
    public boolean immediate(String method) {
        return calls.immediate(method);
    }

    @Override
    public CompletionStage<Reply> dispatch(Call.Request request) {
        return calls.dispatch(request).thenCompose(this::confirmed);
    }

    @Override
    public Reply call(Call.Request request) {
        return confirmed(calls.call(request)).toCompletableFuture().join();
    }

    private CompletionStage<Reply> confirmed(Reply reply) {
        return shared.confirmLead().handle((led, failure) -> {
            if (failure == null) {
                return reply;
            }
            LOG.debug("A call was answered by a host that does not lead", failure);
            XenApiException told = Errors.internalError(
                    "this host is not the coordinator of its pool any more, and whether the call was carried out is unknown");
            return new Reply.Failure(told.code(), told.params());
        });
    }
}
