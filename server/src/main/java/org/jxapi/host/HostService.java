package org.jxapi.host;

import java.time.Clock;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenTime;
import org.jxapi.dispatch.Call;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.store.Store;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMessages;

/** The messages of class host. */
public final class HostService implements HostMessages<Call> {
    private final Store store;
    private final Hypervisor hypervisor;
    private final Clock clock;

    public HostService(Store store, Hypervisor hypervisor, Clock clock) {
        this.store = store;
        this.hypervisor = hypervisor;
        this.clock = clock;
    }

    @Override
    public void enable(Call call, Ref<Host> host) {
        store.change(tx -> tx.set(host, Host.ENABLED, true));
    }

    @Override
    public void disable(Call call, Ref<Host> host, boolean autoEnable) {
        store.change(tx -> tx.set(host, Host.ENABLED, false));
    }

    @Override
    public long computeFreeMemory(Call call, Ref<Host> host) {
        store.snapshot().row(Host.XEN_CLASS, host);
        return hypervisor.memory().free() * 1024;
    }

    @Override
    public XenTime getServertime(Call call, Ref<Host> host) {
        store.snapshot().row(Host.XEN_CLASS, host);
        return XenTime.of(clock.instant());
    }
}
