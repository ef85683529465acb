package org.jxapi.datasource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.local.Hosts;
import org.jxapi.measure.Owner;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Host;
import org.jxapi.xenapi.VM;

/**
 * The machine at one moment.
 *
 * @param seconds since the last look; 0 at the first
 * @param ref the host of the machine
 * @param vms the VMs of the domains that have one, by domain
 * @param vcpus the virtual CPUs of domains; none of a domain that has just ended
 */
record Look(
        double seconds,
        Snapshot snapshot,
        Ref<Host> ref,
        List<DomainInfo> domains,
        Map<Integer, Row<VM>> vms,
        Map<Integer, List<VcpuInfo>> vcpus) {
    static Look at(double seconds, Snapshot snapshot, Hosts hosts, Hosts.Driven here) {
        Hypervisor hypervisor = here.hypervisor();
        Map<Integer, Row<VM>> resident = new HashMap<>();
        for (Stored<VM> vm : snapshot.all(VM.XEN_CLASS)) {
            long domid = vm.row().get(VM.DOMID);
            if (domid >= 0 && hosts.has(hypervisor, vm.row())) {
                resident.put((int) domid, vm.row());
            }
        }
        List<DomainInfo> domains = hypervisor.domains().list();
        Map<Integer, Row<VM>> vms = new TreeMap<>();
        Map<Integer, List<VcpuInfo>> vcpus = new HashMap<>();
        for (DomainInfo domain : domains) {
            Row<VM> vm = resident.get(domain.domid());
            if (vm != null && isOf(vm, domain)) {
                vms.put(domain.domid(), vm);
            }
            try {
                vcpus.put(domain.domid(), hypervisor.vcpus().list(domain.domid()));
            } catch (HypervisorException e) {
                vcpus.put(domain.domid(), List.of());
            }
        }
        return new Look(seconds, snapshot, here.host(), domains, vms, vcpus);
    }

    /** Xen's UUID of the control domain is all zeros, while its VM has a real one. */
    private static boolean isOf(Row<VM> vm, DomainInfo domain) {
        return domain.domid() == Hypervisor.DOM0
                ? vm.get(VM.IS_CONTROL_DOMAIN)
                : vm.get(VM.UUID).equals(domain.uuid().toString());
    }

    /** The virtual CPUs of a domain. */
    List<VcpuInfo> vcpusOf(int domid) {
        return vcpus.getOrDefault(domid, List.of());
    }

    /** The host as an owner of data sources. */
    Owner host() {
        return Owner.host(snapshot.get(ref, Host.UUID));
    }

    static Owner owner(Row<VM> vm) {
        return Owner.vm(vm.get(VM.UUID));
    }
}
