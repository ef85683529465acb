package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Subscription;

/** An interface whose methods run at an agent. */
final class RemotePart implements InvocationHandler {
    private final AgentClient client;
    private final Part<?> part;
    private final Map<String, Object> own;
    private final Map<String, PendingCall.Question> always;

    private RemotePart(
            AgentClient client, Part<?> part, Map<String, Object> own, Map<String, PendingCall.Question> always) {
        this.client = client;
        this.part = part;
        this.own = own;
        this.always = always;
    }

    static <T> T of(AgentClient client, Part<T> part) {
        return of(client, part, Map.of());
    }

    /** @param own what methods return that are not served, by their names */
    static <T> T of(AgentClient client, Part<T> part, Map<String, Object> own) {
        return of(client, part, own, Map.of());
    }

    /** @param always the questions that the agent may ask during each call, by their names */
    static <T> T of(
            AgentClient client, Part<T> part, Map<String, Object> own, Map<String, PendingCall.Question> always) {
        return part.type()
                .cast(Proxy.newProxyInstance(
                        RemotePart.class.getClassLoader(),
                        new Class<?>[] {part.type()},
                        new RemotePart(client, part, own, always)));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        @Nullable Object[] values = arguments == null ? new Object[0] : arguments;
        if (method.getDeclaringClass() == Object.class) {
            return ofObject(proxy, method, values);
        } else if (own.containsKey(method.getName())) {
            return own.get(method.getName());
        } else if (part.serves(method)) {
            return call(method, values);
        } else if (method.isDefault()) {
            return InvocationHandler.invokeDefault(proxy, method, values);
        }
        throw new AgentException(part.name() + "." + method.getName() + " is not served");
    }

    private Object ofObject(Object proxy, Method method, @Nullable Object[] values) {
        return switch (method.getName()) {
            case "equals" -> proxy == values[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "remote " + part.name();
        };
    }

    private @Nullable Object call(Method method, @Nullable Object[] values) throws IOException {
        String call = part.name() + "." + method.getName();
        ArrayNode json = arguments(method, values);
        if (Part.subscribes(method)) {
            return subscribe(client, part, method.getName(), json, listener(values), () -> {});
        }
        JsonNode value;
        try {
            value = client.call(call, json, local(values));
        } catch (UncheckedIOException e) {
            if (List.of(method.getExceptionTypes()).contains(IOException.class)) {
                throw e.getCause();
            }
            throw e;
        }
        Type type = method.getGenericReturnType();
        return type == void.class ? null : WireType.ofReport(type).read(value);
    }

    /**
     * Subscribes to what a method reports.
     *
     * @param missed runs when reports may have been missed
     */
    static Subscription subscribe(
            AgentClient client,
            Part<?> part,
            String name,
            ArrayNode arguments,
            Consumer<@Nullable Object> listener,
            Runnable missed) {
        Method method = part.method(name);
        if (method == null) {
            throw new AgentException(part.name() + "." + name + " is not served");
        }
        WireType type = WireType.ofReport(Part.reported(method));
        return client.subscribe(new RemoteSubscription.Subject(
                part.name() + "." + name, arguments, report -> listener.accept(type.read(report)), missed));
    }

    private static ArrayNode arguments(Method method, @Nullable Object[] values) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        Type[] types = method.getGenericParameterTypes();
        for (int i = 0; i < types.length; i++) {
            json.add(
                    Part.stays(types[i])
                            ? JsonNodeFactory.instance.nullNode()
                            : WireType.ofOrder(types[i]).write(values[i]));
        }
        return json;
    }

    @SuppressWarnings("unchecked")
    private static Consumer<@Nullable Object> listener(@Nullable Object[] values) {
        return (Consumer<@Nullable Object>) values[values.length - 1];
    }

    private PendingCall.Local local(@Nullable Object[] values) {
        DoubleConsumer progress = null;
        InputStream in = null;
        OutputStream out = null;
        Map<String, PendingCall.Question> questions = new HashMap<>(always);
        for (int i = 0; i < values.length; i++) {
            Object value = values[i];
            if (value instanceof Predicate<?> condition) {
                questions.put(Integer.toString(i), question(condition));
            } else if (value instanceof DoubleConsumer consumer) {
                progress = consumer;
            } else if (value instanceof InputStream stream) {
                in = stream;
            } else if (value instanceof OutputStream stream) {
                out = stream;
            }
        }
        return new PendingCall.Local(progress, in, out, questions);
    }

    @SuppressWarnings("unchecked")
    private static PendingCall.Question question(Predicate<?> condition) {
        return about -> JsonNodeFactory.instance.booleanNode(((Predicate<String>) condition).test(about.asText()));
    }
}
