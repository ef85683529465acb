package org.jxapi.datasource;

import java.util.Optional;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Source;
import org.jxapi.xenapi.VM;

/** Memory of the host and of domains, as upstream's rrdp-squeezed names it. */
final class MemoryProbe implements Probe {
    private static final long KIB = 1024;

    private static final Source TOTAL = Source.gauge("memory_total_kib", "Memory of the host", "KiB");
    private static final Source FREE = Source.gauge("memory_free_kib", "Free memory of the host", "KiB");
    private static final Source RECLAIMED = Source.gauge(
                    "memory_reclaimed", "Memory that guests have given by ballooning", "B")
            .signed();
    private static final Source RECLAIMABLE = Source.gauge(
                    "memory_reclaimed_max", "Memory that guests could still give by ballooning", "B")
            .signed();
    private static final Source MEMORY = Source.gauge("memory", "Memory that the VM has", "B");
    private static final Source TARGET = Source.gauge("memory_target", "Target of the VM's balloon driver", "B");
    private static final Source GUEST_FREE =
            Source.gauge("memory_internal_free", "Free memory, as the guest's agent reports it", "KiB");
    private static final Source DOMAIN_ZERO_FREE =
            Source.gauge("memory_internal_free", "Memory that programs of the control domain can still get", "KiB");

    private final Hypervisor hypervisor;

    MemoryProbe(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public void read(Look look, Readings readings) {
        long reclaimed = 0;
        long reclaimable = 0;
        for (DomainInfo domain : look.domains()) {
            Row<VM> vm = look.vms().get(domain.domid());
            if (vm == null) {
                continue;
            }
            Optional<Long> target = target(domain.domid());
            if (target.isPresent()) {
                reclaimed += vm.get(VM.MEMORY_DYNAMIC_MAX) - target.get();
                reclaimable += target.get() - vm.get(VM.MEMORY_DYNAMIC_MIN);
            }
            // As in XAPI, memory of a paused domain says nothing.
            if (!domain.paused()) {
                domain(Look.owner(vm), domain, target, readings);
            }
        }
        Owner host = look.host();
        PhysInfo phys = hypervisor.host().physInfo();
        long pageKib = hypervisor.host().version().pagesize() / KIB;
        readings.add(host, TOTAL, phys.totalPages() * (double) pageKib);
        readings.add(host, FREE, phys.freePages() * (double) pageKib);
        readings.add(host, RECLAIMED, reclaimed);
        readings.add(host, RECLAIMABLE, reclaimable);
    }

    private void domain(Owner owner, DomainInfo domain, Optional<Long> target, Readings readings) {
        target.ifPresent(bytes -> readings.add(owner, TARGET, bytes));
        readings.add(owner, MEMORY, domain.currentMemkb() * (double) KIB);
        if (domain.domid() == Hypervisor.DOM0) {
            readings.add(owner, DOMAIN_ZERO_FREE, hypervisor.statistics().availableMemkb());
            return;
        }
        hypervisor
                .xenstore()
                .read(Xenstore.domainPath(domain.domid()) + "/data/meminfo_free")
                .filter(free -> free.matches("\\d{1,15}"))
                .ifPresent(free -> readings.add(owner, GUEST_FREE, Double.parseDouble(free)));
    }

    /** In bytes; empty for a domain that has just ended. */
    private Optional<Long> target(int domid) {
        try {
            return Optional.of(hypervisor.memory().target(domid) * KIB);
        } catch (HypervisorException e) {
            return Optional.empty();
        }
    }
}
