package org.jxapi.datasource;

import java.util.ArrayList;
import java.util.List;
import org.jxapi.datamodel.Row;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Source;
import org.jxapi.xenapi.VM;

/** CPUs of the host and of domains, as upstream's rrdp-cpu names and counts them. */
final class CpuProbe implements Probe {
    private static final double NANOS = 1e9;

    private static final Source AVERAGE =
            Source.fraction("cpu_avg", "Usage of the physical CPUs on average").inverted();
    private static final Source LOAD = Source.gauge("loadavg", "Load average of the control domain", "(fraction)")
            .real()
            .signed();
    private static final Source HOST_LOAD = Source.gauge(
                    "hostload", "Virtual CPUs that run or could run, for each physical CPU", "(fraction)")
            .real();
    private static final Source RUNNING_VCPUS =
            Source.gauge("running_vcpus", "Virtual CPUs that run or could run", "count");
    private static final Source RUNNING_DOMAINS =
            Source.gauge("running_domains", "Domains that are not paused", "count");
    private static final Source USAGE = Source.fraction("cpu_usage", "CPU usage of the domain");

    private final Hypervisor hypervisor;
    private final List<Source> physical = new ArrayList<>();
    private final List<Source> virtual = new ArrayList<>();

    CpuProbe(Hypervisor hypervisor) {
        this.hypervisor = hypervisor;
    }

    @Override
    public void read(Look look, Readings readings) {
        Owner host = look.host();
        List<Long> idle = hypervisor.statistics().cpuIdle();
        double sum = 0;
        for (int i = 0; i < idle.size(); i++) {
            if (i == physical.size()) {
                physical.add(
                        Source.fraction("cpu" + i, "Usage of physical CPU " + i).inverted());
            }
            readings.add(host, physical.get(i), idle.get(i) / NANOS);
            sum += idle.get(i) / NANOS;
        }
        if (!idle.isEmpty()) {
            readings.add(host, AVERAGE, sum / idle.size());
        }
        readings.add(host, LOAD, hypervisor.statistics().load());
        int cpus = Math.max(1, hypervisor.host().physInfo().nrCpus());
        long runnable = look.vcpus().values().stream()
                .flatMap(List::stream)
                .filter(vcpu -> vcpu.online() && !vcpu.blocked())
                .count();
        readings.add(host, HOST_LOAD, (double) runnable / cpus);
        readings.add(host, RUNNING_VCPUS, runnable);
        readings.add(
                host,
                RUNNING_DOMAINS,
                look.domains().stream().filter(domain -> !domain.paused()).count());
        for (DomainInfo domain : look.domains()) {
            Row<VM> vm = look.vms().get(domain.domid());
            if (vm != null) {
                domain(look, Look.owner(vm), domain, readings);
            }
        }
    }

    private void domain(Look look, Owner vm, DomainInfo domain, Readings readings) {
        for (VcpuInfo vcpu : look.vcpusOf(domain.domid())) {
            while (virtual.size() <= vcpu.vcpuid()) {
                virtual.add(Source.fraction("cpu" + virtual.size(), "Usage of virtual CPU " + virtual.size()));
            }
            readings.add(vm, virtual.get(vcpu.vcpuid()), vcpu.vcpuTime() / NANOS);
        }
        readings.add(vm, USAGE, domain.cpuTime() / NANOS / Math.max(1, domain.vcpuOnline()));
    }
}
