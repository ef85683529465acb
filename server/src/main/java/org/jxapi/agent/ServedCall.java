package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.Subscription;

/** A call of a peer. It ends early when the peer cancels it, or is gone. */
final class ServedCall implements Fence.Order {
    /** The call that a thread carries out, or that has begun it: work on a mounted file system has a thread of its own. */
    private static final InheritableThreadLocal<@Nullable ServedCall> CURRENT = new InheritableThreadLocal<>();

    /** Where the call's messages go, and the subscription that it makes. */
    interface Peer {
        /** Whether it was small enough to be sent. */
        boolean send(JsonNode message);

        /** Sends bytes of a call's stream; none are its end. */
        void sendBytes(long id, byte[] bytes);

        void keep(long id, Subscription subscription);

        /** All that the peer has open. */
        Holdings holdings();
    }

    private final long id;
    private final String call;
    private final long term;
    private final JsonNode arguments;
    private final Served served;
    private final Fence fence;
    private final Peer peer;
    private final ChunkOutput output;
    private final ChunkInput input;
    private final BlockingQueue<JsonNode> answers = new ArrayBlockingQueue<>(1);
    private boolean stopped;
    private volatile boolean ended;
    private @Nullable Thread thread;

    /** @param message MalformedException if it is no call */
    ServedCall(JsonNode message, Served served, Fence fence, Peer peer) {
        this.id = number(message, "id");
        this.call = message.path("call").asText();
        this.term = number(message, "term");
        this.arguments = message.path("args");
        this.served = served;
        this.fence = fence;
        this.peer = peer;
        this.output = new ChunkOutput(bytes -> peer.sendBytes(id, bytes));
        this.input = new ChunkInput(
                () -> peer.send(JsonNodeFactory.instance.objectNode().put("more", id)));
    }

    private static long number(JsonNode message, String name) {
        JsonNode number = message.path(name);
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
            throw new MalformedException("a call without a number " + name);
        }
        return number.longValue();
    }

    long id() {
        return id;
    }

    @Override
    public synchronized void stop() {
        stopped = true;
        input.close();
        output.breakOff();
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** The peer has sent bytes of the call's stream. */
    void take(byte[] bytes) {
        input.add(bytes);
    }

    /** The peer has used bytes of the call's stream. */
    void more() {
        output.more();
    }

    /** The peer has answered the question that the call waits for; ignored if it waits for none. */
    void answer(JsonNode value) {
        answers.offer(value);
    }

    /** Asks the caller of the call that this thread carries out; as {@link #ask} otherwise. */
    static JsonNode askCaller(String what, JsonNode about) {
        ServedCall current = CURRENT.get();
        if (current == null || current.ended) {
            throw new IllegalStateException("this thread carries out no call");
        }
        return current.ask(what, about);
    }

    /** Asks the caller; HypervisorException with ABORTED when the call is stopped meanwhile. */
    private JsonNode ask(String what, JsonNode about) {
        ObjectNode question =
                JsonNodeFactory.instance.objectNode().put("id", id).put("ask", what);
        answers.clear();
        peer.send(question.set("value", about));
        try {
            return answers.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(LibxlError.ABORTED, call + " was interrupted");
        }
    }

    private synchronized boolean isStopped() {
        return stopped;
    }

    private synchronized void runIn(@Nullable Thread runner) {
        thread = runner;
        if (runner == null) {
            // The thread has other work next.
            Thread.interrupted();
        } else if (stopped) {
            runner.interrupt();
        }
    }

    /** Carries the call out and answers it. */
    void run() {
        JsonNode answer;
        runIn(Thread.currentThread());
        try {
            answer = JsonNodeFactory.instance.objectNode().put("id", id).set("value", outcome());
        } catch (RuntimeException | Error e) {
            answer = failure(e);
        } finally {
            runIn(null);
            input.close();
            output.breakOff();
        }
        if (!peer.send(answer)) {
            peer.send(failure(new AgentException("the answer is too large")));
        }
    }

    private ObjectNode failure(Throwable failure) {
        return JsonNodeFactory.instance.objectNode().put("id", id).set("error", Failure.write(call, failure));
    }

    private JsonNode outcome() {
        Served.Target target = served.find(call);
        if (target == null) {
            throw new AgentException("there is no such call");
        }
        @Nullable Object[] values = arguments(target.method());
        try {
            fence.enter(this, call, term);
        } catch (InterruptedException e) {
            throw new HypervisorException(LibxlError.ABORTED, call + " was interrupted");
        }
        CURRENT.set(this);
        try {
            Object value = invoke(target, values);
            if (value instanceof Subscription subscription) {
                peer.keep(id, subscription);
                return JsonNodeFactory.instance.nullNode();
            }
            return WireType.ofReport(target.method().getGenericReturnType()).write(value);
        } finally {
            ended = true;
            CURRENT.remove();
            fence.leave(this);
        }
    }

    private @Nullable Object[] arguments(Method method) {
        Type[] types = method.getGenericParameterTypes();
        if (!arguments.isArray() || arguments.size() != types.length) {
            throw new MalformedException("it takes " + types.length + " arguments");
        }
        @Nullable Object[] values = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            values[i] = Part.stays(types[i])
                    ? local(method, types[i], i)
                    : WireType.ofOrder(types[i]).read(arguments.get(i));
        }
        return values;
    }

    private Object local(Method method, Type parameter, int number) {
        if (parameter == Holdings.class) {
            return peer.holdings();
        } else if (parameter instanceof ParameterizedType generic && generic.getRawType() == Predicate.class) {
            Predicate<String> condition =
                    about -> ask(Integer.toString(number), JsonNodeFactory.instance.textNode(about))
                            .asBoolean();
            return condition;
        } else if (parameter == InputStream.class) {
            return input;
        } else if (parameter == OutputStream.class) {
            return output;
        } else if (Part.subscribes(method)) {
            WireType type = WireType.ofReport(Part.reported(method));
            Consumer<Object> reports = value -> peer.send(
                    JsonNodeFactory.instance.objectNode().put("of", id).set("report", type.write(value)));
            return reports;
        }
        DoubleConsumer progress = done -> {
            if (isStopped()) {
                throw new HypervisorException(LibxlError.ABORTED, call + " was interrupted");
            }
            peer.send(JsonNodeFactory.instance.objectNode().put("id", id).put("progress", done));
        };
        return progress;
    }

    private static @Nullable Object invoke(Served.Target target, @Nullable Object[] values) {
        try {
            return target.method().invoke(target.object(), values);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof RuntimeException failure) {
                throw failure;
            } else if (cause instanceof Error error) {
                throw error;
            } else if (cause instanceof IOException failure) {
                throw new UncheckedIOException(failure);
            }
            throw new IllegalStateException(cause);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
