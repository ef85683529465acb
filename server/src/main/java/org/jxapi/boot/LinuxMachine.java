package org.jxapi.boot;

import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** This machine, as the control domain's Linux shows it in /proc and /sys. */
public final class LinuxMachine implements Machine {
    private final Path root;
    private final LinuxNetwork network;

    /** The machine that this process runs on. */
    public LinuxMachine() {
        this(Path.of("/"), LinuxNetwork::ipAddresses);
    }

    /**
     * @param root where /proc, /sys and /etc are
     * @param addresses what {@code ip -json address} prints
     */
    LinuxMachine(Path root, Supplier<String> addresses) {
        this.root = root;
        this.network = new LinuxNetwork(root, addresses);
    }

    @Override
    public String hostname() {
        String name = SystemFiles.text(root.resolve("proc/sys/kernel/hostname"));
        return name.isEmpty() ? "localhost" : name;
    }

    @Override
    public String kernelRelease() {
        return SystemFiles.text(root.resolve("proc/sys/kernel/osrelease"));
    }

    @Override
    public Instant bootTime() {
        for (String line : SystemFiles.lines(root.resolve("proc/stat"))) {
            if (line.startsWith("btime ")) {
                return Instant.ofEpochSecond(
                        Long.parseLong(line.substring("btime ".length()).strip()));
            }
        }
        return Instant.EPOCH;
    }

    @Override
    public HostFacts.CpuModel cpuModel() {
        Map<String, String> first = new LinkedHashMap<>();
        for (String line : SystemFiles.lines(root.resolve("proc/cpuinfo"))) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                first.putIfAbsent(
                        line.substring(0, colon).strip(),
                        line.substring(colon + 1).strip());
            }
        }
        return new HostFacts.CpuModel(
                first.getOrDefault("vendor_id", ""),
                first.getOrDefault("cpu MHz", ""),
                first.getOrDefault("model name", ""),
                first.getOrDefault("cpu family", ""),
                first.getOrDefault("model", ""),
                first.getOrDefault("stepping", ""),
                first.getOrDefault("flags", ""));
    }

    @Override
    public Map<String, String> biosStrings() {
        Map<String, String> strings = new LinkedHashMap<>();
        HostBiosStrings.KEYS.forEach((key, file) -> {
            String value = SystemFiles.text(root.resolve("sys/class/dmi/id").resolve(file));
            strings.put(key, value.replaceAll("[^ -~]", "").replaceAll("^Not Specified$", ""));
        });
        return HostBiosStrings.complete(strings);
    }

    @Override
    public List<HostFacts.Nic> nics() {
        return network.nics();
    }

    @Override
    public List<PciDevice> pciDevices() {
        return new LinuxPci(root).devices();
    }

    @Override
    public List<HostFacts.Bridge> bridges() {
        return network.bridges();
    }
}
