package org.jxapi.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.function.Consumer;
import org.jxapi.hypervisor.Events;
import org.jxapi.hypervisor.HypervisorEvent;
import org.jxapi.hypervisor.Subscription;

/** The events of an agent's host. */
final class RemoteEvents implements Events {
    private final AgentClient client;

    RemoteEvents(AgentClient client) {
        this.client = client;
    }

    @Override
    public Subscription subscribe(Consumer<HypervisorEvent> listener) {
        return subscribe(listener, () -> {});
    }

    @Override
    public Subscription subscribe(Consumer<HypervisorEvent> listener, Runnable missed) {
        return RemotePart.subscribe(
                client,
                HypervisorParts.EVENTS,
                "subscribe",
                JsonNodeFactory.instance.arrayNode().addNull(),
                event -> {
                    if (event instanceof HypervisorEvent known) {
                        listener.accept(known);
                    }
                },
                missed);
    }
}
