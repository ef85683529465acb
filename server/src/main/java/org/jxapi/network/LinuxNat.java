package org.jxapi.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.program.Program;
import org.jxapi.xenapi.Errors;

/**
 * NAT on a Linux host: the bridge has an address, a table of nftables of its own masquerades, and a dnsmasq of its own
 * gives guests their addresses and resolves names. The kernel's switch for IP forwarding is turned on, and stays on,
 * because other programs may rely on it by the time that the last NAT network goes.
 */
final class LinuxNat implements Nat {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TABLE = "jxapi_";
    private static final String LEASE_TIME = "12h";
    private static final long MOST_LEASES = 10_000;

    private final List<String> namespace;
    private final Path folder;

    /**
     * @param namespace the words before commands that choose a network namespace; empty for the host's own
     * @param folder where the files of dnsmasq are: its process numbers, and the leases of guests
     */
    LinuxNat(List<String> namespace, Path folder) {
        this.namespace = namespace;
        this.folder = folder;
    }

    @Override
    public List<NatAddress> others(String bridge) {
        List<NatAddress> found = new ArrayList<>();
        try {
            for (JsonNode link : JSON.readTree(run("ip", "-json", "-4", "address", "show"))) {
                if (link.path("ifname").asText().equals(bridge)) {
                    continue;
                }
                for (JsonNode address : link.path("addr_info")) {
                    NatAddress.parse(address.path("local").asText() + "/"
                                    + address.path("prefixlen").asText())
                            .ifPresent(found::add);
                }
            }
            return found;
        } catch (IOException e) {
            throw Errors.internalError("ip address: " + e.getMessage()).causedBy(e);
        }
    }

    @Override
    public void start(String bridge, NatAddress address) {
        run("dnsmasq", "--version");
        run("nft", "--version");
        try {
            run("ip", "address", "replace", address.toString(), "dev", bridge);
            run("sysctl", "-q", "-w", "net.ipv4.ip_forward=1");
            rules(bridge, address);
            if (!running(bridge, address)) {
                stopServer(bridge);
                startServer(bridge, address);
            }
        } catch (XenApiException e) {
            undo(e, () -> run("ip", "address", "delete", address.toString(), "dev", bridge));
            undo(e, () -> stop(bridge));
            throw e;
        }
    }

    private static void undo(XenApiException failure, Runnable step) {
        try {
            step.run();
        } catch (XenApiException second) {
            failure.addSuppressed(second);
        }
    }

    /**
     * Guests reach the outside with the host's address, and nobody outside reaches them. The table is replaced in one
     * step. Rules of others that drop forwarded packets still apply.
     */
    private void rules(String bridge, NatAddress address) {
        String table = "table ip " + table(bridge);
        run(Program.of(command("nft", "-f", "-")).reading("""
                        %1$s
                        delete %1$s
                        %1$s {
                            chain postrouting {
                                type nat hook postrouting priority 100; policy accept;
                                ip saddr %2$s ip daddr != %2$s oifname != "%3$s" masquerade
                            }
                            chain forward {
                                type filter hook forward priority 0; policy accept;
                                oifname "%3$s" iifname "%3$s" accept
                                oifname "%3$s" ct state established,related accept
                                oifname "%3$s" drop
                            }
                        }
                        """.formatted(table, address.network(), bridge)));
    }

    private static String table(String bridge) {
        return TABLE + bridge;
    }

    private Path pidFile(String bridge) {
        return folder.resolve(bridge + ".pid");
    }

    private Path leases(String bridge) {
        return folder.resolve(bridge + ".leases");
    }

    private List<String> server(String bridge, NatAddress address) {
        NatAddress.Range guests = address.guests();
        return List.of(
                "dnsmasq",
                "--conf-file=/dev/null",
                "--bind-dynamic",
                "--except-interface=lo",
                "--interface=" + bridge,
                "--dhcp-range=" + NatAddress.text(guests.first()) + "," + NatAddress.text(guests.last()) + ","
                        + address.netmask() + "," + LEASE_TIME,
                "--dhcp-lease-max=" + Math.min(MOST_LEASES, guests.count()),
                "--dhcp-authoritative",
                "--dhcp-leasefile=" + leases(bridge),
                "--pid-file=" + pidFile(bridge));
    }

    private void startServer(String bridge, NatAddress address) {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw Errors.internalError("Cannot make " + folder + ": " + e.getMessage())
                    .causedBy(e);
        }
        // It goes into the background when it serves.
        run(server(bridge, address).toArray(String[]::new));
    }

    /** Whether the server of that bridge runs with these settings, perhaps started by an earlier daemon. */
    private boolean running(String bridge, NatAddress address) {
        List<String> wanted = server(bridge, address);
        return process(bridge)
                .map(words -> words.subList(1, words.size()).equals(wanted.subList(1, wanted.size())))
                .orElse(false);
    }

    /** The command line of the bridge's server; empty if it does not run. */
    private Optional<List<String>> process(String bridge) {
        try {
            long pid = Long.parseLong(Files.readString(pidFile(bridge)).strip());
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
            List<String> words = List.of(line.split("\0"));
            // The number may belong to a process of others by now.
            return words.contains("--pid-file=" + pidFile(bridge)) ? Optional.of(words) : Optional.empty();
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private void stopServer(String bridge) {
        if (process(bridge).isEmpty()) {
            return;
        }
        try {
            ProcessHandle.of(Long.parseLong(Files.readString(pidFile(bridge)).strip()))
                    .ifPresent(ProcessHandle::destroy);
            Files.deleteIfExists(pidFile(bridge));
        } catch (IOException | NumberFormatException e) {
            throw Errors.internalError("Cannot stop the dnsmasq of " + bridge + ": " + e.getMessage())
                    .causedBy(e);
        }
    }

    @Override
    public boolean isUp(String bridge) {
        return Files.exists(pidFile(bridge));
    }

    @Override
    public void stop(String bridge) {
        stopServer(bridge);
        String table = "table ip " + table(bridge);
        // A table that is made first can be deleted even if it was not there.
        run(Program.of(command("nft", "-f", "-")).reading(table + "\ndelete " + table + "\n"));
        try {
            Files.deleteIfExists(leases(bridge));
            Files.deleteIfExists(pidFile(bridge));
        } catch (IOException e) {
            throw Errors.internalError("Cannot remove the files of dnsmasq: " + e.getMessage())
                    .causedBy(e);
        }
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(namespace);
        command.addAll(List.of(words));
        return command;
    }

    private String run(String... words) {
        return run(Program.of(command(words)));
    }

    private static String run(Program program) {
        try {
            return program.run();
        } catch (IOException e) {
            throw Errors.internalError("The NAT network cannot be set up or removed: " + e.getMessage())
                    .causedBy(e);
        }
    }
}
