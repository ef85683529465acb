package org.jxapi.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jxapi.hypervisor.Processes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Network interfaces and bridges in /sys/class/net, their addresses from {@code ip}, routes and name servers. */
final class LinuxNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxNetwork.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PCI = Pattern.compile("[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\\.[0-7]");
    /** Host ends of guests' interfaces have a device too, but are not the host's. */
    private static final Pattern GUESTS = Pattern.compile("(vif|tap)\\d+\\.\\d+(-emu)?");

    private static final int MAX_BRIDGE_DEPTH = 4;

    private final Path root;
    private final Supplier<String> addresses;

    LinuxNetwork(Path root, Supplier<String> addresses) {
        this.root = root;
        this.addresses = addresses;
    }

    /** What {@code ip -json address} prints; an empty list where there is no {@code ip}. */
    static String ipAddresses() {
        try {
            Process ip = Processes.start(
                    new ProcessBuilder("ip", "-json", "address").redirectError(ProcessBuilder.Redirect.DISCARD));
            String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return ip.waitFor() == 0 ? said : "[]";
        } catch (IOException e) {
            LOG.warn("Host addresses: not available: {}", e.getMessage());
            return "[]";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "[]";
        }
    }

    List<HostFacts.Nic> nics() {
        Map<String, HostFacts.Addresses> byInterface = addresses();
        List<HostFacts.Nic> nics = new ArrayList<>();
        for (Path device : interfaces()) {
            String name = device.getFileName().toString();
            if (!Files.exists(device.resolve("device")) || GUESTS.matcher(name).matches()) {
                continue;
            }
            String bridge = bridgeOf(device);
            HostFacts.Addresses own = byInterface.getOrDefault(name, HostFacts.Addresses.NONE);
            nics.add(new HostFacts.Nic(
                    name,
                    address(device),
                    number(device.resolve("mtu"), 1500),
                    bridge,
                    SystemFiles.text(device.resolve("carrier")).equals("1"),
                    Math.max(0, number(device.resolve("speed"), 0)),
                    SystemFiles.text(device.resolve("duplex")).equals("full"),
                    hex(device.resolve("device/vendor")),
                    hex(device.resolve("device/device")),
                    pciPath(device.resolve("device")),
                    own.any() ? own : byInterface.getOrDefault(bridge, own)));
        }
        return nics;
    }

    /** The members of a bond all have its address. */
    private static String address(Path device) {
        String permanent = SystemFiles.text(device.resolve("bonding_slave/perm_hwaddr"));
        return permanent.isEmpty() ? SystemFiles.text(device.resolve("address")) : permanent;
    }

    List<HostFacts.Bridge> bridges() {
        List<Path> all = interfaces();
        List<String> withNic = all.stream()
                .filter(d -> Files.exists(d.resolve("device"))
                        && !GUESTS.matcher(d.getFileName().toString()).matches())
                .map(this::bridgeOf)
                .toList();
        return all.stream()
                .filter(device -> Files.isDirectory(device.resolve("bridge")))
                .map(device -> {
                    String name = device.getFileName().toString();
                    return new HostFacts.Bridge(name, number(device.resolve("mtu"), 1500), withNic.contains(name));
                })
                .toList();
    }

    private List<Path> interfaces() {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> devices = Files.newDirectoryStream(root.resolve("sys/class/net"))) {
            devices.forEach(all::add);
        } catch (IOException e) {
            LOG.warn("Host network interfaces: not available: {}", e.getMessage());
        }
        all.sort(null);
        return all;
    }

    /** The bridge that an interface is in, directly or through a bond; empty when it is in none. */
    private String bridgeOf(Path device) {
        Path up = device;
        for (int depth = 0; depth < MAX_BRIDGE_DEPTH; depth++) {
            Path master = up.resolve("master");
            if (!Files.exists(master)) {
                return "";
            }
            try {
                up = root.resolve("sys/class/net").resolve(master.toRealPath().getFileName());
            } catch (IOException e) {
                return "";
            }
            if (Files.isDirectory(up.resolve("bridge"))) {
                return up.getFileName().toString();
            }
        }
        return "";
    }

    private static int number(Path file, int otherwise) {
        try {
            return Integer.parseInt(SystemFiles.text(file));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    private static String hex(Path file) {
        String text = SystemFiles.text(file);
        return text.startsWith("0x") ? text.substring(2) : "";
    }

    /** The PCI address above a device: that of a virtio card is its parent's. */
    private static String pciPath(Path device) {
        try {
            for (Path at = device.toRealPath(); at != null && at.getFileName() != null; at = at.getParent()) {
                String name = at.getFileName().toString();
                if (PCI.matcher(name).matches()) {
                    return name;
                }
            }
        } catch (IOException e) {
            LOG.debug("Network interface disappeared: {}", e.getMessage());
        }
        return "";
    }

    private Map<String, HostFacts.Addresses> addresses() {
        Map<String, HostFacts.Addresses> all = new HashMap<>();
        Route route = defaultRoute();
        try {
            for (JsonNode link : JSON.readTree(addresses.get())) {
                String name = link.path("ifname").asText();
                boolean way = name.equals(route.device());
                all.put(name, of(link.path("addr_info"), way ? route.gateway() : "", way ? nameServers() : ""));
            }
        } catch (IOException e) {
            LOG.warn("Host addresses: not available: {}", e.getMessage());
        }
        return all;
    }

    private static HostFacts.Addresses of(JsonNode addresses, String gateway, String dns) {
        JsonNode first = null;
        List<String> six = new ArrayList<>();
        for (JsonNode address : addresses) {
            boolean four = address.path("family").asText().equals("inet");
            if (four
                    && (first == null
                            || !address.path("secondary").asBoolean()
                                    && first.path("secondary").asBoolean())) {
                first = address;
            } else if (!four && address.path("scope").asText().equals("global")) {
                six.add(address.path("local").asText() + "/"
                        + address.path("prefixlen").asInt());
            }
        }
        if (first == null) {
            return new HostFacts.Addresses("", "", false, "", "", six);
        }
        return new HostFacts.Addresses(
                first.path("local").asText(),
                netmask(first.path("prefixlen").asInt()),
                first.path("dynamic").asBoolean(),
                gateway,
                dns,
                six);
    }

    private static String netmask(int prefix) {
        int mask = prefix == 0 ? 0 : -1 << (32 - prefix);
        return (mask >>> 24) + "." + (mask >>> 16 & 255) + "." + (mask >>> 8 & 255) + "." + (mask & 255);
    }

    private record Route(String device, String gateway) {}

    /** The IPv4 default route of least metric in /proc/net/route, where addresses are hex in the CPU's byte order. */
    private Route defaultRoute() {
        Route best = new Route("", "");
        long least = Long.MAX_VALUE;
        for (String line : SystemFiles.lines(root.resolve("proc/net/route"))) {
            String[] field = line.split("\\s+");
            if (field.length > 7 && field[1].equals("00000000") && field[7].equals("00000000")) {
                long metric = Long.parseLong(field[6]);
                if (metric < least) {
                    least = metric;
                    int gateway = Integer.reverseBytes((int) Long.parseLong(field[2], 16));
                    best = new Route(field[0], gateway == 0 ? "" : dotted(gateway));
                }
            }
        }
        return best;
    }

    private static String dotted(int address) {
        byte[] bytes = {(byte) (address >>> 24), (byte) (address >>> 16), (byte) (address >>> 8), (byte) address};
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name servers; the real ones when systemd-resolved stands before them. */
    private String nameServers() {
        Path resolved = root.resolve("run/systemd/resolve/resolv.conf");
        Path file = Files.exists(resolved) ? resolved : root.resolve("etc/resolv.conf");
        return SystemFiles.lines(file).stream()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 1 && words[0].equals("nameserver"))
                .map(words -> words[1])
                .collect(Collectors.joining(","));
    }
}
