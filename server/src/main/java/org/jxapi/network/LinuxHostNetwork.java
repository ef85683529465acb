package org.jxapi.network;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.jxapi.xenapi.Errors;

/** The network of a Linux host, through iproute2's {@code ip}; failures are INTERNAL_ERROR with what it said. */
public final class LinuxHostNetwork implements HostNetwork {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SECONDS = 30;
    /** The kernel keeps it with a bridge: it says whose that is. */
    private static final String ALIAS = "made by jxapi";

    private final List<String> ip;
    private final Path devices;
    private final Nat nat;

    /** @param natFolder where the files of NAT networks are */
    public LinuxHostNetwork(Path natFolder) {
        this(List.of("ip"), Path.of("/sys/class/net"), new LinuxNat(List.of(), natFolder));
    }

    /**
     * @param ip the command, with what chooses a network namespace
     * @param devices where the kernel lists that namespace's devices
     */
    LinuxHostNetwork(List<String> ip, Path devices, Nat nat) {
        this.ip = ip;
        this.devices = devices;
        this.nat = nat;
    }

    @Override
    public Nat nat() {
        return nat;
    }

    @Override
    public List<Nic> nics() {
        List<Nic> nics = new ArrayList<>();
        for (JsonNode link : links()) {
            String name = link.path("ifname").asText();
            boolean physical = Files.exists(devices.resolve(name).resolve("device")) && !guest(name);
            if (physical) {
                nics.add(new Nic(
                        name,
                        link.path("address").asText(),
                        link.path("mtu").asInt(),
                        link.path("flags").toString().contains("\"LOWER_UP\"")));
            }
        }
        return nics;
    }

    private static boolean guest(String device) {
        return device.matches("(vif|tap)\\d+\\.\\d+(-emu)?");
    }

    private JsonNode links() {
        try {
            return JSON.readTree(run("-json", "-details", "link", "show"));
        } catch (IOException e) {
            throw Errors.internalError("ip link: " + e.getMessage()).causedBy(e);
        }
    }

    private @Nullable JsonNode link(String device) {
        for (JsonNode link : links()) {
            if (link.path("ifname").asText().equals(device)) {
                return link;
            }
        }
        return null;
    }

    @Override
    public boolean exists(String device) {
        return link(device) != null;
    }

    @Override
    public void makeBridge(String bridge, int mtu) {
        if (!exists(bridge)) {
            run("link", "add", "name", bridge, "type", "bridge", "forward_delay", "0", "stp_state", "0");
            run("link", "set", "dev", bridge, "alias", ALIAS, "mtu", Integer.toString(mtu), "up");
        }
    }

    @Override
    public boolean ownBridge(String bridge) {
        JsonNode link = link(bridge);
        return link != null
                && kind(link).equals("bridge")
                && link.path("ifalias").asText().equals(ALIAS);
    }

    @Override
    public void removeBridge(String bridge) {
        if (ownBridge(bridge)) {
            run("link", "delete", "dev", bridge);
        }
    }

    private static String kind(JsonNode link) {
        return link.path("linkinfo").path("info_kind").asText();
    }

    @Override
    public boolean addressed(String device) {
        try {
            for (JsonNode link : JSON.readTree(run("-json", "address", "show", "dev", device))) {
                for (JsonNode address : link.path("addr_info")) {
                    if (!address.path("scope").asText().equals("link")) {
                        return true;
                    }
                }
            }
            return false;
        } catch (IOException e) {
            throw Errors.internalError("ip address: " + e.getMessage()).causedBy(e);
        }
    }

    @Override
    public void connect(String bridge, String device) {
        run("link", "set", "dev", device, "master", bridge, "up");
    }

    @Override
    public String bridgeOf(String device) {
        JsonNode link = link(device);
        return link == null ? "" : link.path("master").asText();
    }

    @Override
    public boolean hasVlan(String device, int tag) {
        for (JsonNode link : links()) {
            if (kind(link).equals("vlan")
                    && link.path("link").asText().equals(device)
                    && link.path("linkinfo").path("info_data").path("id").asInt() == tag) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String makeVlan(String device, int tag) {
        String vlan = HostNetwork.vlanDevice(device, tag);
        if (!exists(vlan)) {
            run("link", "add", "link", device, "name", vlan, "type", "vlan", "id", Integer.toString(tag));
        }
        run("link", "set", "dev", vlan, "up");
        return vlan;
    }

    @Override
    public void removeVlan(String device, int tag) {
        String vlan = HostNetwork.vlanDevice(device, tag);
        JsonNode link = link(vlan);
        if (link != null && kind(link).equals("vlan")) {
            run("link", "delete", "dev", vlan);
        }
    }

    private String run(String... arguments) {
        List<String> command = new ArrayList<>(ip);
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw Errors.internalError(String.join(" ", command) + ": " + said.strip());
            }
            return said;
        } catch (IOException e) {
            throw Errors.internalError(String.join(" ", command) + ": " + e.getMessage())
                    .causedBy(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Errors.internalError(String.join(" ", command) + " was interrupted")
                    .causedBy(e);
        }
    }
}
