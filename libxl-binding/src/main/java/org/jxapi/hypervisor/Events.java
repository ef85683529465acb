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

    /**
     * The same, for a host that this program may lose sight of.
     *
     * @param missed runs on the thread of the listener when events may have been missed, after listening has begun again
     */
    default Subscription subscribe(Consumer<HypervisorEvent> listener, Runnable missed) {
        return subscribe(listener);
    }
}
