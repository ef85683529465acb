package org.jxapi.hypervisor.libxl;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.Consoles;
import org.jxapi.hypervisor.Cpupools;
import org.jxapi.hypervisor.Devices;
import org.jxapi.hypervisor.DiskImages;
import org.jxapi.hypervisor.Domains;
import org.jxapi.hypervisor.Events;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.Memory;
import org.jxapi.hypervisor.PhysicalHost;
import org.jxapi.hypervisor.Schedulers;
import org.jxapi.hypervisor.Statistics;
import org.jxapi.hypervisor.Vcpus;
import org.jxapi.hypervisor.Xenstore;

/** The Xen of this machine, through its own libxl, of Xen 4.14 or later. */
public final class LibxlHypervisor implements Hypervisor {
    private final LibxlContexts contexts;
    private final XenstoreConnection xenstore;
    private final LibxlEvents events;
    private final LinuxStatistics statistics;
    private final PvDeviceModels models;
    private final VifScript script;

    private LibxlHypervisor(
            LibxlContexts contexts,
            XenstoreConnection xenstore,
            LibxlEvents events,
            Libraries libraries,
            VifScript script) {
        this.contexts = contexts;
        this.xenstore = xenstore;
        this.events = events;
        this.models = new PvDeviceModels(xenstore);
        this.statistics = LinuxStatistics.ofThisHost(libraries, xenstore);
        this.script = script;
    }

    /**
     * Connects to Xen and its xenstore. Only the control domain can, as root.
     *
     * @param vifScript the hotplug script of network interfaces that name none; null for Xen's own
     * @throws HypervisorException {@code FAIL} when libxl is not there, or this machine does not run Xen
     */
    public static LibxlHypervisor open(@Nullable Path vifScript) {
        return open(Libraries.load(), new VifScript(vifScript));
    }

    private static LibxlHypervisor open(Libraries libraries, VifScript script) {
        LibxlContexts contexts = new LibxlContexts(libraries);
        XenstoreConnection xenstore = null;
        try {
            contexts.call(context -> context.pointer());
            xenstore = new XenstoreConnection(libraries);
            return new LibxlHypervisor(contexts, xenstore, new LibxlEvents(contexts, xenstore), libraries, script);
        } catch (RuntimeException e) {
            if (xenstore != null) {
                xenstore.close();
            }
            contexts.close();
            throw e;
        }
    }

    @Override
    public Domains domains() {
        return new LibxlDomains(contexts, new LoopDevices(xenstore), models, script);
    }

    @Override
    public Devices devices() {
        return new LibxlDevices(contexts, new LoopDevices(xenstore), models, script);
    }

    @Override
    public DiskImages diskImages() {
        return QemuDiskImages.ofLibxl();
    }

    @Override
    public Memory memory() {
        return new LibxlMemory(contexts);
    }

    @Override
    public Vcpus vcpus() {
        return new LibxlVcpus(contexts);
    }

    @Override
    public Schedulers schedulers() {
        return new LibxlSchedulers(contexts);
    }

    @Override
    public Cpupools cpupools() {
        return new LibxlCpupools(contexts);
    }

    @Override
    public Consoles consoles() {
        return new LibxlConsoles(contexts, xenstore);
    }

    @Override
    public PhysicalHost host() {
        return new LibxlHost(contexts);
    }

    @Override
    public Statistics statistics() {
        return statistics;
    }

    @Override
    public Events events() {
        return events;
    }

    @Override
    public Xenstore xenstore() {
        return xenstore;
    }

    @Override
    public void close() {
        statistics.close();
        events.close();
        xenstore.close();
        contexts.close();
    }
}
