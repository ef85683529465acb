package org.jxapi.daemon;

import java.time.Clock;
import java.util.concurrent.ScheduledExecutorService;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Dispatcher;
import org.jxapi.http.CliHandler;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Store;
import org.jxapi.task.Tasks;
import org.jxapi.xenapi.Host;

/** The services of the classes, one each, and what they share. */
final class Services {
    private final Store store;
    private final Hypervisor hypervisor;

    Services(Store store, Hypervisor hypervisor, Tasks tasks, Clock clock, ScheduledExecutorService timer) {
        this.store = store;
        this.hypervisor = hypervisor;
    }

    void bind(MessageTable<Call> table) {}

    void start(Ref<Host> host) {}

    CliHandler cli(Dispatcher dispatcher) {
        return (body, in, out, unixSocket) -> {};
    }
}
