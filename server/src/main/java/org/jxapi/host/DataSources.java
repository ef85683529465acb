package org.jxapi.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.measure.Source;
import org.jxapi.measure.Sources;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VM;

/** The numbers that a host and its VMs can tell now, under the names that XAPI's monitoring gives them. */
public final class DataSources {
    private static final Path LOAD = Path.of("/proc/loadavg");
    /** XAPI's bound is infinity, which JSON has no number for. */
    private static final double MANY = 1e6;

    private final Hypervisor hypervisor;
    private final CpuUsage usage;
    private final Store store;

    public DataSources(Hypervisor hypervisor, CpuUsage usage, Store store) {
        this.hypervisor = hypervisor;
        this.usage = usage;
        this.store = store;
    }

    /** The UUID of a domain's VM. Xen's own for domain 0 is all zeros, while the control domain's VM has a real one. */
    String uuid(DomainInfo domain) {
        if (domain.domid() != 0) {
            return domain.uuid().toString();
        }
        return store.snapshot().all(VM.XEN_CLASS).stream()
                .map(Stored::row)
                .filter(vm -> vm.get(VM.IS_CONTROL_DOMAIN) && vm.get(VM.DOMID) == 0)
                .map(vm -> vm.get(VM.UUID))
                .findFirst()
                .orElse(domain.uuid().toString());
    }

    public Sources ofHost(String uuid) {
        PhysInfo phys = hypervisor.host().physInfo();
        int pageKib = hypervisor.host().version().pagesize() / 1024;
        List<DomainInfo> domains = hypervisor.domains().list();
        double memory = phys.totalPages() * (double) pageKib;
        List<Source> all = List.of(
                new Source(
                        "memory_total_kib",
                        "Total amount of memory on this host",
                        "KiB",
                        memory,
                        () -> phys.totalPages() * (double) pageKib),
                new Source(
                        "memory_free_kib",
                        "Free memory on this host",
                        "KiB",
                        memory,
                        () -> phys.freePages() * (double) pageKib),
                new Source(
                        "cpu_avg",
                        "Average usage of all physical CPUs",
                        "(fraction)",
                        1,
                        () -> Math.min(1, usage.all() / Math.max(1, phys.nrCpus()))),
                new Source("loadavg", "Load average of the control domain", "(fraction)", MANY, DataSources::load),
                new Source(
                        "running_domains",
                        "Domains that run",
                        "count",
                        MANY,
                        () -> domains.stream()
                                .filter(d -> !d.paused() && !d.shutdown())
                                .count()),
                new Source(
                        "running_vcpus",
                        "Virtual CPUs online in all domains",
                        "count",
                        MANY,
                        () -> domains.stream().mapToInt(DomainInfo::vcpuOnline).sum()));
        return new Sources("host:" + uuid + ":", all);
    }

    public Sources ofDomain(int domid) {
        DomainInfo domain = hypervisor.domains().info(domid);
        double most = domain.maxMemkb() * 1024.0;
        List<Source> sources = new ArrayList<>();
        sources.add(new Source(
                "memory", "Memory currently allocated to VM", "B", most, () -> domain.currentMemkb() * 1024.0));
        sources.add(new Source(
                "memory_target",
                "Target of VM balloon driver",
                "B",
                most,
                () -> hypervisor.memory().target(domid) * 1024.0));
        hypervisor
                .xenstore()
                .read(Xenstore.domainPath(domid) + "/data/meminfo_free")
                .ifPresent(free -> {
                    if (free.matches("\\d{1,15}")) {
                        sources.add(new Source(
                                "memory_internal_free",
                                "Memory used as reported by the guest agent",
                                "KiB",
                                domain.maxMemkb(),
                                () -> Double.parseDouble(free)));
                    }
                });
        sources.add(new Source(
                "cpu_usage",
                "Domain CPU usage",
                "(fraction)",
                1,
                () -> Math.min(1, usage.domain(domid) / Math.max(1, domain.vcpuOnline()))));
        for (int i = 0; i <= domain.vcpuMaxId(); i++) {
            int vcpu = i;
            sources.add(new Source("cpu" + i, "CPU" + i + " usage", "(fraction)", 1, () -> usage.vcpu(domid, vcpu)));
        }
        return new Sources("vm:" + uuid(domain) + ":", sources);
    }

    private static double load() {
        try {
            return Double.parseDouble(Files.readString(LOAD).split(" ", 2)[0]);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
