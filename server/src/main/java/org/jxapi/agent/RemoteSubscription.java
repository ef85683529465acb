package org.jxapi.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A subscription to reports of an agent. It is made again on each connection, until it is closed. */
final class RemoteSubscription implements Subscription {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteSubscription.class);

    /**
     * The subject of a subscription.
     *
     * @param call the method that subscribes
     * @param listener gets the reports, on the thread for reports
     * @param missed runs there when reports may have been missed
     */
    record Subject(String call, ArrayNode arguments, Consumer<JsonNode> listener, Runnable missed) {}

    private final Subject subject;
    private final Executor reports;
    private final Consumer<RemoteSubscription> ended;
    private @Nullable Link link;
    private long id;
    private volatile boolean closed;

    RemoteSubscription(Subject subject, Executor reports, Consumer<RemoteSubscription> ended) {
        this.subject = subject;
        this.reports = reports;
        this.ended = ended;
    }

    Subject subject() {
        return subject;
    }

    boolean isClosed() {
        return closed;
    }

    /** Has a report handed to the listener. */
    void take(JsonNode report) {
        run(() -> subject.listener().accept(report));
    }

    /** Subscribes on another connection. Reports from before that may be missing. */
    void renew(Link renewed, Function<Link.Answer, Long> send) {
        on(renewed, send.apply(new Link.Answer() {
            @Override
            public void take(Channel.Frame frame) {
                if (frame.message().has("error")) {
                    LOG.warn("Agent: {} failed on a new connection: {}", subject.call(), frame.message());
                }
                run(subject.missed());
            }

            @Override
            public void lost() {
                LOG.debug("Agent: {} needs one more connection", subject.call());
            }
        }));
    }

    private void run(Runnable work) {
        reports.execute(() -> {
            try {
                if (!closed) {
                    work.run();
                }
            } catch (RuntimeException e) {
                LOG.error("Agent: a listener of {} failed", subject.call(), e);
            }
        });
    }

    /** Remembers where the subscription is. */
    synchronized void on(Link made, long number) {
        link = made;
        id = number;
        if (closed) {
            made.unsubscribe(number);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        ended.accept(this);
        if (link != null) {
            link.unsubscribe(id);
        }
    }
}
