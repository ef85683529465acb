package org.jxapi.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.Xenstore;
import org.jxapi.xenapi.DataSource;
import org.jxapi.xenapi.Errors;

/** The numbers that a host and its VMs can tell now, under the names that XAPI's monitoring gives them. */
public final class DataSources {
    private static final Path LOAD = Path.of("/proc/loadavg");
    /** XAPI's bound is infinity, which JSON has no number for. */
    private static final double MANY = 1e6;

    private final Hypervisor hypervisor;
    private final CpuUsage usage;

    public DataSources(Hypervisor hypervisor, CpuUsage usage) {
        this.hypervisor = hypervisor;
        this.usage = usage;
    }

    /** One number, and how to get it. */
    public record Source(String name, String about, String units, double max, DoubleSupplier value) {
        Row row() {
            return Row.of(DataSource.XEN_CLASS)
                    .with(DataSource.NAME_LABEL, name)
                    .with(DataSource.NAME_DESCRIPTION, about)
                    .with(DataSource.ENABLED, true)
                    .with(DataSource.STANDARD, true)
                    .with(DataSource.UNITS, units)
                    .with(DataSource.MIN, 0.0)
                    .with(DataSource.MAX, max)
                    .with(DataSource.VALUE, value.getAsDouble());
        }
    }

    public List<Source> ofHost() {
        PhysInfo phys = hypervisor.host().physInfo();
        int pageKib = hypervisor.host().version().pagesize() / 1024;
        List<DomainInfo> domains = hypervisor.domains().list();
        double memory = phys.totalPages() * (double) pageKib;
        return List.of(
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
    }

    public List<Source> ofDomain(int domid) {
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
        return sources;
    }

    public static List<Row> rows(List<Source> sources) {
        return sources.stream().map(Source::row).toList();
    }

    /** The source of that name; INVALID_VALUE when there is none. */
    public static Source named(List<Source> sources, String name) {
        return sources.stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Errors.invalidValue("data_source", name));
    }

    private static double load() {
        try {
            return Double.parseDouble(Files.readString(LOAD).split(" ", 2)[0]);
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }
}
