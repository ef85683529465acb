package org.jxapi.hypervisor;

import java.util.function.Consumer;

/** Events of all domains except dom0, including domains of other tools. */
public interface Events {
    /**
     * Listens from now on. Events of one domain come in order, on a thread of the hypervisor's that carries all
     * events: a listener must not take long. Exceptions of a listener are logged.
     *
     * <p>Events can be missed across a restart of this program, so a listener that keeps state also compares with
     * {@link Domains#list}.
     */
    Subscription subscribe(Consumer<HypervisorEvent> listener);
}
