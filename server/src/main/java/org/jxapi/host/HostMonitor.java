package org.jxapi.host;

import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.local.EachHost;
import org.jxapi.local.Hosts;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.HostMetrics;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.VMMetrics;

/** Reads what nothing announces: free memory, and the memory of domains. */
public final class HostMonitor {
    private static final long KIB = 1024;

    private final Store store;
    private final Hosts hosts;
    private final EachHost each;

    public HostMonitor(Store store, Hosts hosts) {
        this.store = store;
        this.hosts = hosts;
        this.each = new EachHost("Metrics", hosts, store);
    }

    /** Brings the metrics that nothing announces up to date. */
    public void measure() {
        each.run(here -> measure(here.host(), here.hypervisor()));
    }

    private void measure(Ref<Host> host, Hypervisor hypervisor) {
        PhysInfo phys = hypervisor.host().physInfo();
        long free = phys.freePages() * hypervisor.host().version().pagesize();
        Map<Integer, DomainInfo> domains =
                hypervisor.domains().list().stream().collect(Collectors.toMap(DomainInfo::domid, Function.identity()));
        store.change(tx -> {
            tx.set(tx.get(host, Host.METRICS), HostMetrics.MEMORY_FREE, free);
            for (Stored<VM> vm : tx.all(VM.XEN_CLASS)) {
                DomainInfo domain = domains.get(vm.row().get(VM.DOMID).intValue());
                if (domain != null && hosts.has(hypervisor, vm.row()) && isOf(vm.row(), domain)) {
                    setMemory(tx, vm.row(), domain);
                }
            }
        });
    }

    /** Xen's UUID of the control domain is all zeros, while its VM has a real one. */
    private static boolean isOf(Row<VM> vm, DomainInfo domain) {
        return domain.domid() == Hypervisor.DOM0
                ? vm.get(VM.IS_CONTROL_DOMAIN)
                : vm.get(VM.UUID).equals(domain.uuid().toString());
    }

    private static void setMemory(Transaction tx, Row<VM> vm, DomainInfo domain) {
        if (tx.find(vm.get(VM.METRICS)).isPresent()) {
            tx.set(vm.get(VM.METRICS), VMMetrics.MEMORY_ACTUAL, domain.currentMemkb() * KIB);
        }
    }
}
