package org.jxapi.boot;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.jxapi.host.ControlDomainMemory;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.VersionInfo;

/** Reads the facts of the host from its hypervisor and its control domain. */
public final class HostReader {
    private static final String LOOPBACK = "127.0.0.1";
    /** What Xen gives a control domain that was never given a UUID. */
    private static final String NO_UUID = "00000000-0000-0000-0000-000000000000";

    private HostReader() {}

    /**
     * @param filtersGuests whether the host's network can hold guests to the addresses that they may send from
     */
    public static HostFacts read(Hypervisor hypervisor, Machine machine, boolean filtersGuests) {
        PhysInfo phys = hypervisor.host().physInfo();
        VersionInfo version = hypervisor.host().version();
        DomainInfo dom0 = hypervisor.domains().info(Hypervisor.DOM0);
        List<HostFacts.Nic> nics = machine.nics();
        String uuid = dom0.uuid().toString();
        int perSocket = Math.max(1, phys.coresPerSocket() * phys.threadsPerCore());
        return new HostFacts(
                machine.hostname(),
                address(nics),
                version.version(),
                machine.kernelRelease(),
                phys.totalPages() * version.pagesize(),
                guestMemory(hypervisor, phys, version),
                new HostFacts.ControlDomain(
                        uuid.equals(NO_UUID) ? "" : uuid,
                        dom0.currentMemkb() * 1024,
                        ControlDomainMemory.keptKib(hypervisor, dom0.currentMemkb()) * 1024,
                        dom0.vcpuOnline()),
                List.of(version.capabilities().strip().split("\\s+")),
                hypervisor.schedulers().scheduler().name().toLowerCase(Locale.ROOT),
                phys.capHvmDirectio(),
                new HostFacts.Cpu(
                        phys.nrCpus(),
                        Math.max(1, phys.nrCpus() / perSocket),
                        phys.threadsPerCore(),
                        phys.nrNodes(),
                        machine.cpuModel(),
                        phys.hwCap().stream()
                                .map(word -> String.format("%08x", word & 0xFFFFFFFFL))
                                .collect(Collectors.joining("-"))),
                nics,
                machine.bridges(),
                machine.pciDevices(),
                filtersGuests,
                machine.biosStrings(),
                machine.bootTime());
    }

    /** Free memory and what the domains hold, in bytes. */
    private static long guestMemory(Hypervisor hypervisor, PhysInfo phys, VersionInfo version) {
        long held = hypervisor.domains().list().stream()
                .mapToLong(DomainInfo::currentMemkb)
                .sum();
        return (phys.freePages() + phys.scrubPages()) * version.pagesize() + held * 1024;
    }

    /** The interface that clients reach the host by: the default route's, else the first with an address. */
    static HostFacts.@Nullable Nic management(List<HostFacts.Nic> nics) {
        return nics.stream()
                .filter(nic -> !nic.addresses().gateway().isEmpty())
                .findFirst()
                .or(() -> nics.stream()
                        .filter(nic -> !nic.addresses().ip().isEmpty())
                        .findFirst())
                .orElse(null);
    }

    private static String address(List<HostFacts.Nic> nics) {
        HostFacts.Nic nic = management(nics);
        return nic == null ? LOOPBACK : nic.addresses().ip();
    }
}
