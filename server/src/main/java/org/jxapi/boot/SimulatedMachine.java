package org.jxapi.boot;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The machine that goes with the simulated hypervisor. Its first network interface is this computer's loopback. */
public final class SimulatedMachine implements Machine {
    private static final String BRIDGE = "xenbr";

    private static final Cable USUAL = new Cable("eth0", "00:16:3e:00:00:01", true, 1000);

    private final Instant started = Instant.now();
    private final @Nullable String name;
    private final List<Cable> cables;
    private final String address;
    private final List<PciDevice> pci;

    /**
     * A network interface.
     *
     * @param speed Mbit/s
     */
    public record Cable(String device, String mac, boolean link, int speed) {}

    public SimulatedMachine() {
        this(null, List.of(USUAL));
    }

    /** A machine of the usual kind with this address. */
    public static SimulatedMachine at(String address) {
        return new SimulatedMachine(null, List.of(USUAL), address, List.of());
    }

    /** @param name the name of the host; null for that of this computer */
    public SimulatedMachine(@Nullable String name, List<Cable> cables) {
        this(name, cables, "127.0.0.1", List.of());
    }

    /**
     * @param name the name of the host; null for that of this computer
     * @param address of its first interface
     * @param pci its PCI devices, by rising address
     */
    public SimulatedMachine(@Nullable String name, List<Cable> cables, String address, List<PciDevice> pci) {
        this.name = name;
        this.cables = cables;
        this.address = address;
        this.pci = pci;
    }

    @Override
    public String hostname() {
        if (name != null) {
            return name;
        }
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
        List<HostFacts.Nic> nics = new ArrayList<>();
        for (Cable cable : cables) {
            boolean first = nics.isEmpty();
            nics.add(new HostFacts.Nic(
                    cable.device(),
                    cable.mac(),
                    1500,
                    BRIDGE + nics.size(),
                    cable.link(),
                    cable.link() ? cable.speed() : 0,
                    cable.link(),
                    "",
                    "",
                    "",
                    first
                            ? new HostFacts.Addresses(address, "255.0.0.0", false, "", "", List.of())
                            : HostFacts.Addresses.NONE));
        }
        return nics;
    }

    @Override
    public List<PciDevice> pciDevices() {
        return pci;
    }

    @Override
    public List<HostFacts.Bridge> bridges() {
        List<HostFacts.Bridge> bridges = new ArrayList<>();
        for (int i = 0; i < cables.size(); i++) {
            bridges.add(new HostFacts.Bridge(BRIDGE + i, 1500, true));
        }
        return bridges;
    }
}
