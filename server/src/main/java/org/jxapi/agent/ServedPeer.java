package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jxapi.hypervisor.Subscription;

/** A coordinator that is connected to an agent: its calls, its subscriptions and what it has open. They end with the connection. */
final class ServedPeer implements ServedCall.Peer {
    /** Calls that run at once. The others wait, without a thread. */
    private static final int MAX_RUNNING = 256;

    private static final int MAX_WAITING = 4096;
    private static final int MAX_SUBSCRIPTIONS = 100_000;

    private final Channel channel;
    private final Served served;
    private final Fence fence;
    private final Executor threads;
    /** Calls that run or wait. */
    private final Map<Long, ServedCall> calls = new HashMap<>();

    private final Queue<ServedCall> waiting = new ArrayDeque<>();
    private final Map<Long, Subscription> subscriptions = new HashMap<>();
    private final Holdings holdings = new Holdings();
    private int running;
    private boolean gone;

    ServedPeer(Channel channel, Served served, Fence fence, Executor threads) {
        this.channel = channel;
        this.served = served;
        this.fence = fence;
        this.threads = threads;
    }

    /** Serves the peer until the connection ends; MalformedException if it sends something else than messages. */
    void serve() throws IOException {
        try {
            while (true) {
                Channel.Frame frame = channel.receive();
                JsonNode message = frame.message();
                if (frame.bytes() != null) {
                    take(message.path("id").asLong(), frame.bytes());
                } else if (message.has("call")) {
                    begin(new ServedCall(message, served, fence, this));
                } else if (message.has("cancel")) {
                    find(message, "cancel").ifPresent(ServedCall::stop);
                } else if (message.has("more")) {
                    find(message, "more").ifPresent(ServedCall::more);
                } else if (message.has("answer")) {
                    find(message, "answer").ifPresent(call -> call.answer(message.path("value")));
                } else if (message.has("close")) {
                    close(message.path("close").asLong());
                } else {
                    throw new MalformedException("a message of no known kind");
                }
            }
        } finally {
            end();
        }
    }

    private synchronized void begin(ServedCall call) {
        if (calls.size() >= MAX_RUNNING + MAX_WAITING) {
            throw new MalformedException("more calls at once than a coordinator makes");
        }
        if (calls.putIfAbsent(call.id(), call) != null || subscriptions.containsKey(call.id())) {
            throw new MalformedException("two calls have the number " + call.id());
        }
        if (running < MAX_RUNNING) {
            running++;
            threads.execute(() -> run(call));
        } else {
            waiting.add(call);
        }
    }

    private void run(ServedCall first) {
        ServedCall call = first;
        while (call != null) {
            call.run();
            synchronized (this) {
                calls.remove(call.id());
                call = waiting.poll();
                if (call == null) {
                    running--;
                }
            }
        }
    }

    private synchronized Optional<ServedCall> find(JsonNode message, String what) {
        return Optional.ofNullable(calls.get(message.path(what).asLong()));
    }

    private synchronized void take(long id, byte[] bytes) {
        ServedCall call = calls.get(id);
        if (call != null) {
            call.take(bytes);
        }
    }

    private void close(long id) {
        Subscription ended;
        synchronized (this) {
            ended = subscriptions.remove(id);
        }
        if (ended != null) {
            ended.close();
        }
    }

    @Override
    public boolean send(JsonNode message) {
        return channel.send(message);
    }

    @Override
    public void sendBytes(long id, byte[] bytes) {
        channel.sendBytes(id, bytes);
    }

    @Override
    public Holdings holdings() {
        return holdings;
    }

    @Override
    public void keep(long id, Subscription subscription) {
        synchronized (this) {
            if (!gone && subscriptions.size() < MAX_SUBSCRIPTIONS) {
                subscriptions.put(id, subscription);
                return;
            }
        }
        subscription.close();
        throw new AgentException("a peer that is gone, or has too many subscriptions");
    }

    /** Stops the calls of a peer that is gone: a save without a reader would leave its guest suspended. */
    private void end() {
        List<Subscription> ended;
        synchronized (this) {
            gone = true;
            calls.values().forEach(ServedCall::stop);
            waiting.clear();
            ended = new ArrayList<>(subscriptions.values());
            subscriptions.clear();
        }
        ended.forEach(Subscription::close);
        holdings.close();
    }
}
