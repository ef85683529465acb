package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.Scheduler;
import org.jxapi.hypervisor.VersionInfo;
import org.jxapi.hypervisor.Xenstore;

/** The host itself. */
interface HostContract extends Contract {
    @Test
    default void theHostIsDescribedWithoutContradictions() {
        PhysInfo host = hypervisor().host().physInfo();
        assertThat(host.nrCpus()).isPositive();
        assertThat(host.maxCpuId()).isGreaterThanOrEqualTo(host.nrCpus() - 1);
        assertThat(host.nrNodes()).isPositive();
        assertThat(host.cpuKhz()).isPositive();
        assertThat(host.totalPages()).isGreaterThan(host.freePages());
        assertThat(host.freePages()).isPositive();
        assertThat(host.capPv()).isTrue();
        assertThat(hypervisor().host().cpuTopology()).hasSize(host.nrCpus());
        assertThat(hypervisor().host().numaInfo()).hasSizeGreaterThanOrEqualTo(1);
        assertThat(hypervisor().host().consoleLog()).isNotEmpty();

        VersionInfo xen = hypervisor().host().version();
        assertThat(xen.version()).matches("4\\.\\d+\\..*");
        assertThat(xen.pagesize()).isEqualTo(4096);
        assertThat(xen.capabilities()).contains("xen-3.0-x86_64");
    }

    @Test
    default void theControlDomainIsOneOfTheDomains() {
        DomainInfo dom0 = hypervisor().domains().info(Hypervisor.DOM0);
        assertThat(dom0.domid()).isZero();
        assertThat(dom0.paused() || dom0.shutdown()).isFalse();
        assertThat(dom0.currentMemkb()).isPositive();
        assertThat(hypervisor().domains().name(Hypervisor.DOM0)).isEqualTo("Domain-0");
        assertThat(hypervisor().domains().findByName("Domain-0")).hasValue(0);
    }

    @Test
    default void theDefaultPoolHasTheDefaultScheduler() {
        Scheduler scheduler = hypervisor().schedulers().scheduler();
        assertThat(scheduler).isNotEqualTo(Scheduler.UNKNOWN);
        assertThat(hypervisor().cpupools().info(0).sched()).isEqualTo(scheduler);
        assertThat(hypervisor().cpupools().list()).extracting(p -> p.poolid()).contains(0);
        assertThat(Contract.errorOf(() -> hypervisor().cpupools().info(7))).isEqualTo(LibxlError.NOTFOUND);
    }

    @Test
    default void aDomainsHomeHasItsNameAndItsMemoryTarget() {
        int domid = create("home");

        Map<String, String> home = new HashMap<>(hypervisor().xenstore().readTree(Xenstore.domainPath(domid)));

        assertThat(home).containsEntry("name", NAME + "home").containsEntry("memory/target", "131072");
        assertThat(home).containsKeys("vm", "domid", "control/shutdown");
        assertThat(hypervisor().xenstore().list("/local/domain")).contains(Integer.toString(domid));
    }
}
