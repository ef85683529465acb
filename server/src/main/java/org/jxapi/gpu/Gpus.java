package org.jxapi.gpu;

import org.jxapi.datamodel.MessageTable;
import org.jxapi.dispatch.Call;
import org.jxapi.host.LocalSettings;
import org.jxapi.local.Hosts;
import org.jxapi.local.PerHost;
import org.jxapi.store.Store;
import org.jxapi.xenapi.GPUGroupMessages;
import org.jxapi.xenapi.PCIMessages;
import org.jxapi.xenapi.PGPUMessages;
import org.jxapi.xenapi.VGPUMessages;

/** The messages about PCI devices and GPUs. */
public final class Gpus {
    private final Store store;
    private final HiddenDevices hidden;

    public Gpus(Store store, PerHost<LocalSettings> settings, PerHost<HostPci> machines) {
        this.store = store;
        this.hidden = new HiddenDevices(store, settings, machines);
    }

    public void bind(MessageTable<Call> table) {
        PCIMessages.bind(table, new PciService(hidden));
        PGPUMessages.bind(table, new PgpuService(store, hidden));
        GPUGroupMessages.bind(table, new GpuGroupService(store));
        VGPUMessages.bind(table, new VgpuService(store));
    }

    /** Hides the devices that are to be hidden since a host has booted. */
    public void start(Hosts.Driven host) {
        hidden.start(host);
    }
}
