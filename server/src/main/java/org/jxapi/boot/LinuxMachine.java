package org.jxapi.boot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
        String name = text(root.resolve("proc/sys/kernel/hostname"));
        return name.isEmpty() ? "localhost" : name;
    }

    @Override
    public String kernelRelease() {
        return text(root.resolve("proc/sys/kernel/osrelease"));
    }

    @Override
    public Instant bootTime() {
        for (String line : lines(root.resolve("proc/stat"))) {
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
        for (String line : lines(root.resolve("proc/cpuinfo"))) {
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
            String value = text(root.resolve("sys/class/dmi/id").resolve(file));
            strings.put(key, value.replaceAll("[^ -~]", "").replaceAll("^Not Specified$", ""));
        });
        return HostBiosStrings.complete(strings);
    }

    @Override
    public List<HostFacts.Nic> nics() {
        return network.nics();
    }

    @Override
    public List<HostFacts.Bridge> bridges() {
        return network.bridges();
    }

    /** The first line of a small file of the kernel's; empty when it cannot be read. */
    static String text(Path file) {
        List<String> lines = lines(file);
        return lines.isEmpty() ? "" : lines.get(0).strip();
    }

    static List<String> lines(Path file) {
        try {
            // The size of these files is not known before they are read.
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
