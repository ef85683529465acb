package org.jxapi.member;

import java.util.concurrent.CompletableFuture;
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
 * another one leads, and would tell what was there before. So answers to questions, and refusals, wait until this host is known
 * to have led since. A change needs no such proof: it was made because most hosts have it.
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
        long term = shared.leadTerm();
        return calls.dispatch(request).thenCompose(reply -> confirmed(term, request, reply));
    }

    @Override
    public Reply call(Call.Request request) {
        long term = shared.leadTerm();
        return confirmed(term, request, calls.call(request))
                .toCompletableFuture()
                .join();
    }

    private CompletionStage<Reply> confirmed(long term, Call.Request request, Reply reply) {
        if (reply instanceof Reply.Success && !calls.immediate(request.method())) {
            return CompletableFuture.completedFuture(reply);
        }
        return shared.confirmLead(term).handle((led, failure) -> {
            if (failure == null) {
                return reply;
            }
            LOG.debug("{} was answered by a host that does not lead", request.method(), failure);
            XenApiException told = Errors.internalError(
                    "this host is not the coordinator of its pool any more, or not yet again: ask the one that is");
            return new Reply.Failure(told.code(), told.params());
        });
    }
}
