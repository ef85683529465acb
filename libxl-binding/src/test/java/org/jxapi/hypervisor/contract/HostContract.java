package org.jxapi.hypervisor.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.LibxlError;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.Scheduler;
import org.jxapi.hypervisor.Subscription;
import org.jxapi.hypervisor.VersionInfo;
import org.jxapi.hypervisor.Xenstore;

/** The host, and its xenstore. */
interface HostContract extends Contract {
    String FOLDER = "/tool/contract";

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
    default void xenstoreIsATreeOfTexts() {
        Xenstore xenstore = hypervisor().xenstore();
        try {
            xenstore.writeAll(Map.of(FOLDER + "/a/b", "ü", FOLDER + "/c", ""));

            assertThat(xenstore.read(FOLDER + "/a/b")).hasValue("ü");
            assertThat(xenstore.read(FOLDER + "/c")).hasValue("");
            assertThat(xenstore.read(FOLDER + "/d")).isEmpty();
            assertThat(xenstore.list(FOLDER)).containsExactlyInAnyOrder("a", "c");
            assertThat(xenstore.list(FOLDER + "/c")).isEmpty();
            assertThat(xenstore.list(FOLDER + "/d")).isEmpty();
            assertThat(xenstore.readTree(FOLDER)).isEqualTo(Map.of("", "", "a", "", "a/b", "ü", "c", ""));
            assertThat(xenstore.readTree(FOLDER + "/d")).isEmpty();

            xenstore.remove(FOLDER + "/a");
            assertThat(xenstore.read(FOLDER + "/a/b")).isEmpty();
            assertThat(xenstore.list(FOLDER)).containsExactly("c");
            xenstore.remove(FOLDER + "/a");
        } finally {
            xenstore.remove(FOLDER);
        }
        assertThat(xenstore.readTree(FOLDER)).isEmpty();
    }

    @Test
    default void aWatchTellsOnceAtOnceAndThenOfEveryChangeBelow() {
        Xenstore xenstore = hypervisor().xenstore();
        List<String> told = new CopyOnWriteArrayList<>();
        try (Subscription watch = xenstore.watch(FOLDER, told::add)) {
            eventually("the watch fires", () -> told.size() == 1);
            assertThat(told).containsExactly(FOLDER);

            xenstore.write(FOLDER + "/a", "1");
            eventually("the change is told", () -> told.contains(FOLDER + "/a"));
            xenstore.write("/tool/contract-2", "1");
            told.clear();
            xenstore.remove(FOLDER + "/a");
            eventually("the end is told", () -> told.contains(FOLDER + "/a"));
            assertThat(told).doesNotContain("/tool/contract-2");
        } finally {
            xenstore.remove(FOLDER);
            xenstore.remove("/tool/contract-2");
        }
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
