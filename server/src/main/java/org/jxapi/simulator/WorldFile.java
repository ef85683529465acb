package org.jxapi.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.jxapi.boot.PciDevice;
import org.jxapi.hypervisor.simulator.SimulatedUsbDevice;
import org.jxapi.store.Reason;
import org.jxapi.xenapi.BondMode;

/**
 * A world to begin with, as docs/simulator.md describes its YAML. All sizes are bytes.
 *
 * @param text the file
 * @param time when the world begins; null for now
 */
public record WorldFile(
        String text,
        List<Host> hosts,
        List<Repository> repositories,
        List<Net> networks,
        List<Machine> machines,
        List<WorldUser> users,
        @Nullable Instant time) {
    /** The worlds that come with jxapi. */
    public static final List<String> READY_MADE = List.of("laptop", "small-office", "64-hosts", "1000-vms");

    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;
    private static final long TIB = 1L << 40;
    private static final int MOST_HOSTS = 64;
    private static final int MOST_MACHINES = 10_000;
    private static final Pattern RANGE = Pattern.compile("(.*)\\{(\\d{1,6})\\.\\.(\\d{1,6})}(.*)");
    private static final Pattern MAC = Pattern.compile("[0-9a-f][02468ace](:[0-9a-f]{2}){5}");

    /** The first host, which is the coordinator of a pool of several. */
    public Host host() {
        return hosts.get(0);
    }

    /** A host; {@code name} is null for that of this computer. */
    public record Host(
            @Nullable String name,
            int cpus,
            long memory,
            List<Nic> nics,
            List<SimulatedUsbDevice> usb,
            List<PciDevice> pci) {}

    /** @param speed Mbit/s */
    public record Nic(String device, String mac, boolean link, int speed) {}

    /**
     * @param vlan the tag under which it is on the first interface of each host; -1 for none
     * @param bond the interfaces that it bonds on each host that has them; none for a network without a bond
     * @param mode of the bond
     */
    public record Net(String name, int vlan, List<String> bond, BondMode mode) {}

    /**
     * @param size 0 for the usual one
     * @param speed bytes per second; 0 for no limit
     * @param config the device_config of its PBDs, as far as it is not the usual one of its type
     * @param host the name of the only host that has it; empty for one that all hosts share
     */
    public record Repository(
            String name, WorldSr type, long size, long speed, Map<String, String> config, String host) {}

    /**
     * @param template the name of the template that it comes from
     * @param networks the names of the networks of its interfaces
     * @param host the name of the host that it runs on; empty for any
     */
    public record Machine(
            String name,
            String description,
            String template,
            long memory,
            int vcpus,
            boolean running,
            List<Disk> disks,
            List<String> networks,
            List<String> tags,
            String host) {
        private Machine named(String other) {
            return new Machine(other, description, template, memory, vcpus, running, disks, networks, tags, host);
        }
    }

    /** @param sr the name of its SR */
    public record Disk(String sr, long size) {}

    /**
     * Reads a world.
     *
     * @param given the name of a ready-made world, or the path of a file
     * @throws IOException when there is none; {@link WorldException} says what is wrong in it
     */
    public static WorldFile read(String given) throws IOException {
        if (READY_MADE.contains(given)) {
            try (InputStream in = WorldFile.class.getResourceAsStream("worlds/" + given + ".yaml")) {
                if (in == null) {
                    throw new IOException("the world " + given + " is missing");
                }
                return parse(given, new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        try {
            return parse(given, Files.readString(Path.of(given)));
        } catch (IOException e) {
            throw new IOException(
                    "--simulator-world: cannot read " + given + ": " + Reason.of(e) + "; it is a file, or one of "
                            + String.join(", ", READY_MADE),
                    e);
        }
    }

    /**
     * Reads the text of a world.
     *
     * @param file its name, for errors
     */
    public static WorldFile parse(String file, String text) {
        WorldNode top = WorldNode.parse(file, text, "host", "hosts", "srs", "networks", "vms", "users", "time");
        List<Host> hosts = hosts(top);
        List<Repository> repositories = repositories(top, hosts);
        List<Net> networks = networks(top, hosts);
        return new WorldFile(
                text,
                hosts,
                repositories,
                networks,
                machines(top, hosts, repositories, networks),
                WorldUser.all(top),
                top.has("time") ? top.instant("time") : null);
    }

    private static List<Host> hosts(WorldNode top) {
        String[] keys = {"name", "cpus", "memory", "nics", "usb", "pci", "gpus"};
        WorldNode host = top.child("host", keys);
        List<WorldNode> hosts = top.children("hosts", MOST_HOSTS, keys);
        if (host != null && top.has("hosts")) {
            throw top.wrong("hosts", "and host exclude each other");
        }
        if (host == null && hosts.isEmpty()) {
            return List.of(new Host(null, 16, 64 * GIB, nics(null, 0), List.of(), List.of()));
        }
        List<Host> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        if (host != null) {
            all.add(host(host, host.has("name") ? host.text("name") : null, 0));
        }
        for (WorldNode node : hosts) {
            List<String> own = node.has("name") || hosts.size() > 1 ? names(node, node.text("name")) : List.of();
            for (String name : own) {
                if (!names.add(name)) {
                    throw node.wrong("name", "must be a name of its own, not " + name);
                }
                if (names.size() > MOST_HOSTS) {
                    throw node.wrong("name", "makes more than " + MOST_HOSTS + " hosts");
                }
                all.add(host(node, name, all.size()));
            }
            if (own.isEmpty()) {
                all.add(host(node, null, 0));
            }
        }
        return List.copyOf(all);
    }

    /** @param number of the host, by which the usual addresses differ */
    private static Host host(WorldNode node, @Nullable String name, int number) {
        return new Host(
                name,
                node.integer("cpus", 1, 4096, 16),
                node.size("memory", 6 * GIB, 64 * TIB, 64 * GIB),
                nics(node, number),
                WorldDevices.usb(node),
                WorldDevices.pci(node));
    }

    /** @param number of the host, by which the usual addresses differ */
    private static List<Nic> nics(@Nullable WorldNode host, int number) {
        List<Nic> nics = new ArrayList<>();
        Set<String> devices = new HashSet<>();
        if (host != null) {
            for (WorldNode nic : host.children("nics", 32, "device", "mac", "link", "speed")) {
                String device = nic.text("device", "eth" + nics.size());
                if (!device.matches("[a-z][a-z0-9]{1,13}") || !devices.add(device)) {
                    throw nic.wrong("device", "must be a name of its own, such as eth0, not " + device);
                }
                String mac = nic.text("mac", "00:16:3e:00:%02x:%02x".formatted(number, nics.size() + 1));
                if (!MAC.matcher(mac).matches()) {
                    throw nic.wrong("mac", "must be an address such as 00:16:3e:00:00:01, not " + mac);
                }
                nics.add(new Nic(device, mac, nic.yes("link", true), nic.integer("speed", 1, 1_000_000, 1000)));
            }
        }
        return nics.isEmpty() ? List.of(new Nic("eth0", "00:16:3e:00:%02x:01".formatted(number), true, 1000)) : nics;
    }

    private static List<Repository> repositories(WorldNode top, List<Host> hosts) {
        List<Repository> all = new ArrayList<>();
        Set<String> names = new HashSet<>(Set.of("Local storage", "ISO images"));
        for (WorldNode sr : top.children("srs", 256, "name", "type", "size", "speed", "config", "host")) {
            String name = sr.text("name");
            if (!names.add(name)) {
                throw sr.wrong("name", "must be a name of its own, not " + name);
            }
            WorldSr type = WorldSr.of(sr);
            if (sr.has("size") && type.discs()) {
                throw sr.wrong("size", "goes with disks, and an SR of the type iso has discs");
            }
            if (sr.has("speed") && !type.data()) {
                throw sr.wrong("speed", "goes with data, which disks of the type dummy lack");
            }
            if (sr.has("config") && !type.simulated()) {
                throw sr.wrong("config", "goes with the types of servers and devices, not with " + type.wire());
            }
            String host = placed(sr, hosts);
            if (type.local() && host.isEmpty() && hosts.size() > 1) {
                throw sr.wrong("host", "must name the host that has the device");
            }
            all.add(new Repository(
                    name,
                    type,
                    sr.size("size", GIB, 1024 * TIB, 0),
                    sr.size("speed", 1 << 10, TIB, 0),
                    sr.settings("config"),
                    host));
        }
        return all;
    }

    /** The name of the host that an entry is for; empty for none. */
    private static String placed(WorldNode node, List<Host> hosts) {
        String name = node.text("host", "");
        if (!name.isEmpty() && hosts.stream().noneMatch(host -> name.equals(host.name()))) {
            throw node.wrong("host", "must name a host of this world, not " + name);
        }
        return name;
    }

    private static List<Net> networks(WorldNode top, List<Host> hosts) {
        List<Net> all = new ArrayList<>();
        for (WorldNode network : top.children("networks", 256, "name", "vlan", "bond", "mode")) {
            String name = network.text("name");
            if (all.stream().anyMatch(other -> other.name().equals(name))) {
                throw network.wrong("name", "must be a name of its own, not " + name);
            }
            int vlan = network.integer("vlan", 1, 4094, -1);
            if (vlan >= 0 && all.stream().anyMatch(other -> other.vlan() == vlan)) {
                throw network.wrong("vlan", "must be a tag of its own, not " + vlan);
            }
            all.add(new Net(name, vlan, bond(network, vlan, all, hosts), mode(network)));
        }
        return all;
    }

    private static List<String> bond(WorldNode network, int vlan, List<Net> others, List<Host> hosts) {
        List<String> bond = List.copyOf(new LinkedHashSet<>(network.texts("bond", List.of())));
        if (bond.isEmpty()) {
            return bond;
        }
        if (vlan >= 0) {
            throw network.wrong("bond", "and vlan exclude each other");
        }
        boolean there = hosts.stream()
                .anyMatch(host -> host.nics().stream().map(Nic::device).toList().containsAll(bond));
        if (!there) {
            throw network.wrong("bond", "must name interfaces of one host");
        }
        if (others.stream().anyMatch(other -> !Collections.disjoint(other.bond(), bond))) {
            throw network.wrong("bond", "must name interfaces that no other bond has");
        }
        return bond;
    }

    private static BondMode mode(WorldNode network) {
        String mode = network.text("mode", BondMode.BALANCE_SLB.wire());
        return Stream.of(BondMode.values())
                .filter(known -> known.wire().equals(mode))
                .findFirst()
                .orElseThrow(() -> network.wrong("mode", "must be balance-slb, active-backup or lacp, not " + mode));
    }

    private static List<Machine> machines(
            WorldNode top, List<Host> hosts, List<Repository> repositories, List<Net> networks) {
        List<Machine> all = new ArrayList<>();
        long left = hosts.stream().mapToLong(host -> host.memory() - 4 * GIB).sum();
        for (WorldNode vm : top.children(
                "vms",
                1000,
                "name",
                "description",
                "template",
                "memory",
                "vcpus",
                "running",
                "disks",
                "networks",
                "tags",
                "host")) {
            Machine machine = new Machine(
                    vm.text("name"),
                    vm.text("description", ""),
                    vm.text("template", "Other install media"),
                    vm.size("memory", 32 * MIB, TIB, 256 * MIB),
                    vm.integer("vcpus", 1, 64, 1),
                    vm.yes("running", false),
                    disks(vm, repositories),
                    interfaces(vm, hosts.get(0), networks),
                    vm.texts("tags", List.of()),
                    placed(vm, hosts));
            List<String> names = names(vm, machine.name());
            if (all.size() + names.size() > MOST_MACHINES) {
                throw vm.wrong("name", "makes more than " + MOST_MACHINES + " VMs of this world");
            }
            // A running VM needs a little more than its memory.
            left -= machine.running() ? names.size() * (machine.memory() + machine.memory() / 64 + 8 * MIB) : 0;
            if (left < 0) {
                throw vm.wrong(
                        "running",
                        "does not fit: the "
                                + (hosts.size() > 1 ? "hosts have" : "host has")
                                + " too little memory for all VMs that run");
            }
            names.forEach(name -> all.add(machine.named(name)));
        }
        return all;
    }

    /** The names that a pattern such as {@code web-{1..3}} means. */
    private static List<String> names(WorldNode node, String pattern) {
        Matcher matcher = RANGE.matcher(pattern);
        if (!matcher.matches()) {
            return List.of(pattern);
        }
        int from = Integer.parseInt(matcher.group(2));
        int to = Integer.parseInt(matcher.group(3));
        if (to < from || to - from >= MOST_MACHINES) {
            throw node.wrong("name", "must count upwards, to at most " + MOST_MACHINES);
        }
        String format =
                matcher.group(2).startsWith("0") ? "%0" + matcher.group(2).length() + "d" : "%d";
        List<String> names = new ArrayList<>();
        for (int i = from; i <= to; i++) {
            names.add(matcher.group(1) + format.formatted(i) + matcher.group(4));
        }
        return names;
    }

    private static List<Disk> disks(WorldNode vm, List<Repository> repositories) {
        List<Disk> all = new ArrayList<>();
        String usual = repositories.stream()
                .filter(sr -> !sr.type().discs())
                .map(Repository::name)
                .findFirst()
                .orElse("Local storage");
        for (WorldNode disk : vm.children("disks", 16, "sr", "size")) {
            String sr = disk.text("sr", usual);
            boolean known = sr.equals("Local storage")
                    || repositories.stream()
                            .anyMatch(r -> r.name().equals(sr) && !r.type().discs());
            if (!known) {
                throw disk.wrong("sr", "must name an SR of this world for disks, not " + sr);
            }
            all.add(new Disk(sr, disk.size("size", MIB, 2 * TIB, 8 * GIB)));
        }
        return all;
    }

    private static List<String> interfaces(WorldNode vm, Host host, List<Net> networks) {
        List<String> known = new ArrayList<>(networks.stream().map(Net::name).toList());
        host.nics().forEach(nic -> known.add(nic.device()));
        List<String> wanted = vm.texts("networks", List.of(host.nics().get(0).device()));
        for (String network : wanted) {
            if (!known.contains(network)) {
                throw vm.wrong("networks", "has " + network + "; known are " + String.join(", ", known));
            }
        }
        if (wanted.size() > 7) {
            throw vm.wrong("networks", "has more than 7 entries");
        }
        return wanted;
    }
}
