package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A coordinator's end of one connection to an agent. */
final class Link implements AutoCloseable {
    /** The receiver of a call's answer. Methods run on the thread that reads the connection, so they must not block. */
    interface Answer {
        /** A progress, a question, bytes of the call's stream, or the last message: an error or a value. */
        void take(Channel.Frame frame);

        /** The agent has used bytes of the call's stream. */
        default void more() {}

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

    /** Whether the connection has ended; true before any call in progress learns that it is lost. */
    boolean isClosed() {
        return channel.isClosed();
    }

    /** Asks the agent to stop a call, which then ends as it would after an interrupt. */
    void cancel(long id) {
        channel.send(JsonNodeFactory.instance.objectNode().put("cancel", id));
    }

    /** Answers a question of a call. */
    void answer(long id, JsonNode value) {
        channel.send(JsonNodeFactory.instance.objectNode().put("answer", id).set("value", value));
    }

    /** Sends bytes of a call's stream; none are its end. */
    void sendBytes(long id, byte[] bytes) {
        channel.sendBytes(id, bytes);
    }

    /** Reports to the agent that bytes of the call's stream have been used. */
    void used(long id) {
        channel.send(JsonNodeFactory.instance.objectNode().put("more", id));
    }

    void unsubscribe(long id) {
        if (subscriptions.remove(id) != null) {
            channel.send(JsonNodeFactory.instance.objectNode().put("close", id));
        }
    }

    /** Takes what the agent sends until the connection ends with an exception. */
    void receive() throws IOException {
        while (true) {
            Channel.Frame frame = channel.receive();
            JsonNode message = frame.message();
            if (message.has("report")) {
                Consumer<JsonNode> reports =
                        subscriptions.get(message.path("of").asLong());
                if (reports != null) {
                    reports.accept(message.path("report"));
                }
            } else if (message.has("more")) {
                Answer answer = answers.get(message.path("more").asLong());
                if (answer != null) {
                    answer.more();
                }
            } else {
                long id = message.path("id").asLong();
                boolean last = frame.isLast();
                Answer answer = last ? answers.remove(id) : answers.get(id);
                if (answer != null) {
                    answer.take(frame);
                }
            }
        }
    }

    @Override
    public void close() {
        channel.close();
        for (Long id : List.copyOf(answers.keySet())) {
            Answer answer = answers.remove(id);
            if (answer != null) {
                answer.lost();
            }
        }
    }
}
