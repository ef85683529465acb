package org.jxapi.boot;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The machine that goes with the simulated hypervisor: one network interface, which is this computer's loopback. */
public final class SimulatedMachine implements Machine {
    private static final String BRIDGE = "xenbr0";

    private final Instant started = Instant.now();

    @Override
    public String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    @Override
    public String kernelRelease() {
        return System.getProperty("os.version");
    }

    @Override
    public Instant bootTime() {
        return started;
    }

    @Override
    public HostFacts.CpuModel cpuModel() {
        return new HostFacts.CpuModel(
                "GenuineIntel",
                "2400.000",
                "Simulated CPU",
                "6",
                "85",
                "7",
                "fpu de tsc msr pae mce cx8 apic sep mca cmov pat clflush acpi mmx fxsr sse sse2 ht syscall nx lm");
    }

    @Override
    public Map<String, String> biosStrings() {
        Map<String, String> strings = new LinkedHashMap<>();
        HostBiosStrings.KEYS.keySet().forEach(key -> strings.put(key, ""));
        strings.put("bios-vendor", "jxapi");
        strings.put("system-manufacturer", "jxapi");
        strings.put("system-product-name", "Simulated machine");
        return HostBiosStrings.complete(strings);
    }

    @Override
    public List<HostFacts.Nic> nics() {
        return List.of(new HostFacts.Nic(
                "eth0",
                "00:16:3e:00:00:01",
                1500,
                BRIDGE,
                true,
                1000,
                true,
                "",
                "",
                "",
                new HostFacts.Addresses("127.0.0.1", "255.0.0.0", false, "", "", List.of())));
    }

    @Override
    public List<HostFacts.Bridge> bridges() {
        return List.of(new HostFacts.Bridge(BRIDGE, 1500, true));
    }
}
