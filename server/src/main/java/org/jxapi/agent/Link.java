package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A coordinator's end of one connection to an agent. */
final class Link implements AutoCloseable {
    /** What a call waits for. Methods run on the thread that reads the connection, so they must not block. */
    interface Answer {
        /** A progress, or the last message: an error or a value. */
        void take(JsonNode message);

        /** The connection has ended before the last message. */
        void lost();
    }

    private final Channel channel;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, Answer> answers = new ConcurrentHashMap<>();
    private final Map<Long, Consumer<JsonNode>> subscriptions = new ConcurrentHashMap<>();

    Link(Channel channel) {
        this.channel = channel;
    }

    /**
     * Sends a call; AgentException if it is too large.
     *
     * @param reports what gets the reports of a subscription
     * @return the number of the call, or of the subscription
     */
    long send(String call, ArrayNode arguments, long term, Answer answer, @Nullable Consumer<JsonNode> reports) {
        long id = ids.incrementAndGet();
        ObjectNode message = JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("call", call)
                .put("term", term);
        message.set("args", arguments);
        if (reports != null) {
            subscriptions.put(id, reports);
        }
        answers.put(id, answer);
        if (!channel.send(message)) {
            answers.remove(id);
            subscriptions.remove(id);
            throw new AgentException(call + " has more than the agent takes");
        }
        if (channel.isClosed() && answers.remove(id) != null) {
            answer.lost();
        }
        return id;
    }

    /** Asks the agent to stop a call, which then ends as it would after an interrupt. */
    void cancel(long id) {
        channel.send(JsonNodeFactory.instance.objectNode().put("cancel", id));
    }

    void unsubscribe(long id) {
        if (subscriptions.remove(id) != null) {
            channel.send(JsonNodeFactory.instance.objectNode().put("close", id));
        }
    }

    /** Takes what the agent sends until the connection ends with an exception. */
    void receive() throws IOException {
        while (true) {
            JsonNode message = channel.receive();
            if (message.has("report")) {
                Consumer<JsonNode> reports = subscriptions.get(message.path("of").asLong());
                if (reports != null) {
                    reports.accept(message.path("report"));
                }
            } else {
                long id = message.path("id").asLong();
                Answer answer = message.has("progress") ? answers.get(id) : answers.remove(id);
                if (answer != null) {
                    answer.take(message);
                }
            }
        }
    }

    @Override
    public void close() {
        channel.close();
        for (Long id : answers.keySet()) {
            Answer answer = answers.remove(id);
            if (answer != null) {
                answer.lost();
            }
        }
    }
}
