package org.jxapi.hypervisor;

import java.util.function.Consumer;

/** Events of all domains, dom0's excepted, whoever created them. */
public interface Events {
    /**
     * Listens from now on. Events of one domain come in order, on a thread of the hypervisor's that carries all
     * events: a listener must not take long. What a listener throws is logged.
     *
     * <p>Events can be missed across a restart of this program, so a listener that keeps state also compares with
     * {@link Domains#list}.
     */
    Subscription subscribe(Consumer<HypervisorEvent> listener);
}
