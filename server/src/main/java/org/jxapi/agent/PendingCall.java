package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.Host;

/** A call that a thread waits for. */
final class PendingCall implements Link.Answer {
    private static final JsonNode LOST = MissingNode.getInstance();

    private final BlockingQueue<JsonNode> messages = new LinkedBlockingQueue<>();
    private final Ref<Host> host;
    private final Link link;
    private final String call;
    private final long term;
    private final long id;

    PendingCall(
            Ref<Host> host,
            Link link,
            String call,
            ArrayNode arguments,
            long term,
            @Nullable Consumer<JsonNode> reports) {
        this.host = host;
        this.link = link;
        this.call = call;
        this.term = term;
        this.id = link.send(call, arguments, term, this, reports);
    }

    long id() {
        return id;
    }

    @Override
    public void take(JsonNode message) {
        messages.add(message);
    }

    @Override
    public void lost() {
        messages.add(LOST);
    }

    /**
     * Waits for the end of the call. Interrupting the thread asks the agent to stop it. CANNOT_CONTACT_HOST when the
     * connection is lost: the agent may have carried the call out or not.
     *
     * @param progress runs on this thread, and what it throws ends the call
     * @return the value
     */
    JsonNode await(@Nullable DoubleConsumer progress) {
        boolean interrupted = false;
        RuntimeException failure = null;
        try {
            while (true) {
                JsonNode message;
                try {
                    message = messages.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                    link.cancel(id);
                    continue;
                }
                if (progress != null && message.has("progress")) {
                    failure = failure == null ? report(progress, message) : failure;
                } else {
                    return end(message, failure);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private @Nullable RuntimeException report(DoubleConsumer progress, JsonNode message) {
        try {
            progress.accept(message.path("progress").asDouble());
            return null;
        } catch (RuntimeException e) {
            link.cancel(id);
            return e;
        }
    }

    private JsonNode end(JsonNode message, @Nullable RuntimeException failure) {
        if (failure != null) {
            throw failure;
        } else if (message.isMissingNode()) {
            throw Errors.cannotContactHost(host.value())
                    .causedBy(new AgentException("the connection was lost during " + call
                            + ": the host may have carried it out or not"));
        } else if (message.has("error")) {
            throw Failure.read(message.path("error"), term);
        }
        return message.path("value");
    }
}
