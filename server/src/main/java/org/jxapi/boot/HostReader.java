package org.jxapi.boot;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jxapi.hypervisor.DomainInfo;
import org.jxapi.hypervisor.Hypervisor;
import org.jxapi.hypervisor.PhysInfo;
import org.jxapi.hypervisor.VersionInfo;

/** Reads the facts of the machine from its hypervisor. */
public final class HostReader {
    private static final long PAGE = 4096;

    private HostReader() {}

    public static HostFacts read(Hypervisor hypervisor, Path dataDir) {
        PhysInfo phys = hypervisor.host().physInfo();
        VersionInfo version = hypervisor.host().version();
        DomainInfo dom0 = hypervisor.domains().info(Hypervisor.DOM0);
        String hostname = hostname();
        List<String> capabilities =
                new ArrayList<>(List.of(version.capabilities().strip().split(" ")));
        return new HostFacts(
                hostname,
                "127.0.0.1",
                version.version(),
                System.getProperty("os.version"),
                phys.totalPages() * PAGE,
                dom0.uuid().toString(),
                dom0.currentMemkb() * 1024,
                dom0.vcpuOnline(),
                capabilities,
                new HostFacts.Cpu(
                        phys.nrCpus(),
                        Math.max(1, phys.nrCpus() / (phys.coresPerSocket() * phys.threadsPerCore())),
                        phys.threadsPerCore(),
                        phys.nrNodes(),
                        "GenuineIntel",
                        phys.cpuKhz() / 1000,
                        "Simulated CPU",
                        "6",
                        "85",
                        "7",
                        "fpu de tsc msr pae mce cx8 apic sep mca cmov pat clflush acpi mmx fxsr sse sse2 ht syscall nx lm"),
                List.of(new HostFacts.Nic(
                        "eth0",
                        "00:16:3e:00:00:01",
                        1500,
                        "xenbr0",
                        true,
                        "127.0.0.1",
                        "255.0.0.0",
                        "",
                        "",
                        false,
                        true)));
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
