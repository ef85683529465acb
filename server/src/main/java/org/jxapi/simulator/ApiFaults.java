package org.jxapi.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.dispatch.Reply;
import org.jxapi.dispatch.UnansweredException;
import org.jxapi.hypervisor.simulator.OrderFields;
import org.jxapi.hypervisor.simulator.PendingFaults;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** A dispatcher that makes calls of clients go wrong: they fail, take long, or lose their connection. */
public final class ApiFaults implements Dispatcher {
    private static final String ANY = "*";
    private static final Set<String> CLASSES = new HashSet<>();
    private static final Set<String> METHODS = new HashSet<>(Set.of("system.listMethods"));

    static {
        for (ClassModel<?> model : XenModel.CLASSES) {
            CLASSES.add(model.name());
            for (MessageModel message : model.messages()) {
                METHODS.add(message.fullName());
            }
        }
    }

    /** A way in which a call goes wrong. */
    enum Kind {
        /** An error of the XenAPI, and no effect. */
        ERROR("error"),
        /** The connection is closed, and the call has no effect. */
        DROP_BEFORE("drop-before"),
        /** The connection is closed after the effect. */
        DROP_AFTER("drop-after"),
        /** The call takes longer. */
        SLOW("slow");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /**
     * @param method the message, {@code Class.*} or {@code *}
     * @param error code and parameters
     * @param object a parameter that the call must have, such as a reference; null for any call
     */
    record Fault(
            String method,
            Kind kind,
            List<String> error,
            @Nullable String object) {
        boolean concerns(Call.Request call) {
            String name = plain(call.method());
            boolean named = method.equals(ANY)
                    || method.equals(name)
                    || method.endsWith(".*") && name.startsWith(method.substring(0, method.length() - 1));
            return named && (object == null || call.params().contains(object));
        }
    }

    private final Dispatcher calls;
    private final Gate gate;
    private final PendingFaults<Fault> rules;

    /**
     * @param gate passes all calls, and can be closed
     * @param random decides on faults that have a probability
     */
    public ApiFaults(Dispatcher calls, Gate gate, Random random) {
        this.calls = calls;
        this.gate = gate;
        this.rules = new PendingFaults<>(random);
    }

    /** Adds a fault as an order describes it. */
    void add(OrderFields order) {
        order.only("api", "fault", "error", "object", "times", "probability", "delay_ms");
        Map<String, Kind> kinds = new TreeMap<>();
        for (Kind kind : Kind.values()) {
            kinds.put(kind.text, kind);
        }
        Kind kind = order.known("fault", "fault of the API", kinds);
        if (kind == Kind.ERROR != order.has("error")) {
            throw new IllegalArgumentException("error, a list of code and parameters, goes with the fault error alone");
        }
        if (kind == Kind.SLOW && order.terms().longest().isZero()) {
            throw new IllegalArgumentException("delay_ms must be given with the fault slow");
        }
        List<String> error = kind == Kind.ERROR ? error(order) : List.of();
        rules.add(
                new Fault(method(order.text("api")), kind, error, order.has("object") ? order.text("object") : null),
                order.terms());
    }

    private static String method(String name) {
        boolean ofClass = name.endsWith(".*") && CLASSES.contains(name.substring(0, name.length() - 2));
        if (!name.equals(ANY) && !ofClass && !METHODS.contains(name)) {
            throw new IllegalArgumentException(
                    "unknown message " + name + "; api is * for all, or as in VM.start and VM.*, without Async");
        }
        return name;
    }

    private static List<String> error(OrderFields order) {
        List<String> error = new ArrayList<>();
        order.json().get("error").forEach(part -> error.add(part.asText()));
        if (error.isEmpty() || error.size() > 20) {
            throw new IllegalArgumentException("error must be a list: a code of the XenAPI, then its parameters");
        }
        List<String> known = Errors.params().get(error.get(0));
        if (known == null) {
            throw new IllegalArgumentException(
                    "unknown error " + error.get(0) + "; docs/api lists those of the XenAPI");
        }
        boolean ofSession = error.get(0).equals("SESSION_INVALID") && error.size() == 1;
        if (!ofSession && error.size() != known.size() + 1) {
            throw new IllegalArgumentException(error.get(0) + " has " + known.size() + " parameters: " + known);
        }
        return error;
    }

    List<PendingFaults.Rule<Fault>> pending() {
        return rules.all();
    }

    void clear() {
        rules.clear();
    }

    @Override
    public boolean immediate(String method) {
        return calls.immediate(method);
    }

    @Override
    public CompletionStage<Reply> dispatch(Call.Request request) {
        return gate.pass(request, () -> faulty(request));
    }

    private CompletionStage<Reply> faulty(Call.Request request) {
        PendingFaults.Due<Fault> rule = rules.take(fault -> fault.concerns(request));
        if (rule == null) {
            return calls.dispatch(request);
        }
        if (rule.delay().isZero()) {
            return outcome(request, rule.fault());
        }
        return CompletableFuture.supplyAsync(() -> rule.fault(), later(rule.delay()))
                .thenCompose(fault -> outcome(request, fault));
    }

    private static Executor later(Duration delay) {
        return CompletableFuture.delayedExecutor(delay.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CompletionStage<Reply> outcome(Call.Request request, Fault fault) {
        return switch (fault.kind()) {
            case SLOW -> calls.dispatch(request);
            case ERROR -> CompletableFuture.completedFuture(failure(request, fault.error()));
            case DROP_BEFORE -> CompletableFuture.failedFuture(lost(request));
            case DROP_AFTER ->
                calls.dispatch(request).thenCompose(reply -> CompletableFuture.failedFuture(lost(request)));
        };
    }

    private static UnansweredException lost(Call.Request request) {
        return new UnansweredException("the simulator closes the connection of " + request.method());
    }

    private static Reply failure(Call.Request request, List<String> error) {
        List<String> params = error.subList(1, error.size());
        if (error.size() == 1
                && error.get(0).equals("SESSION_INVALID")
                && !request.params().isEmpty()) {
            params = List.of(String.valueOf(request.params().get(0)));
        }
        return new Reply.Failure(error.get(0), params);
    }

    /** The message of a call, without the prefix that asks for a task. */
    static String plain(String method) {
        return method.startsWith("Async.") ? method.substring("Async.".length()) : method;
    }
}
