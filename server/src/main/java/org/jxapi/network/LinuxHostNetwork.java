package org.jxapi.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.xenapi.BondMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The network of a Linux host, through iproute2's {@code ip}; failures are INTERNAL_ERROR with what it said. */
public final class LinuxHostNetwork implements HostNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(LinuxHostNetwork.class);
    /** The kernel keeps it with a bridge: it says whose that is. */
    private static final String ALIAS = "made by jxapi";

    private final IpTool ip;
    private final LinuxBonds bonds;
    private final LinuxTuning tuning;
    private final Path devices;
    private final Nat nat;

    /** @param natFolder where the files of NAT networks are */
    public LinuxHostNetwork(Path natFolder) {
        this(List.of("ip"), List.of("ethtool"), Path.of("/sys/class/net"), new LinuxNat(List.of(), natFolder));
    }

    /**
     * @param ip the command, with what chooses a network namespace
     * @param ethtool the command, in the same way
     * @param devices where the kernel lists that namespace's devices
     */
    LinuxHostNetwork(List<String> ip, List<String> ethtool, Path devices, Nat nat) {
        this.ip = new IpTool(ip);
        this.bonds = new LinuxBonds(this.ip);
        this.tuning = new LinuxTuning(this.ip, ethtool, devices);
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
        for (JsonNode link : ip.links()) {
            String name = link.path("ifname").asText();
            boolean physical = Files.exists(devices.resolve(name).resolve("device")) && !guest(name);
            if (physical) {
                nics.add(new Nic(
                        name,
                        permanentAddress(link),
                        link.path("mtu").asInt(),
                        link.path("flags").toString().contains("\"LOWER_UP\"")));
            }
        }
        return nics;
    }

    /** The members of a bond all have its address. */
    private static String permanentAddress(JsonNode link) {
        JsonNode member = link.path("linkinfo").path("info_slave_data").path("perm_hwaddr");
        return member.isTextual() ? member.asText() : link.path("address").asText();
    }

    private static boolean guest(String device) {
        return device.matches("(vif|tap)\\d+\\.\\d+(-emu)?");
    }

    @Override
    public boolean exists(String device) {
        return ip.link(device) != null;
    }

    @Override
    public void makeBridge(String bridge, int mtu) {
        if (!exists(bridge)) {
            ip.run("link", "add", "name", bridge, "type", "bridge", "forward_delay", "0", "stp_state", "0");
            ip.run("link", "set", "dev", bridge, "alias", ALIAS, "mtu", Integer.toString(mtu), "up");
        }
    }

    @Override
    public boolean ownBridge(String bridge) {
        JsonNode link = ip.link(bridge);
        return link != null
                && IpTool.kind(link).equals("bridge")
                && link.path("ifalias").asText().equals(ALIAS);
    }

    @Override
    public void removeBridge(String bridge) {
        if (ownBridge(bridge)) {
            ip.run("link", "delete", "dev", bridge);
        }
    }

    @Override
    public boolean addressed(String device) {
        for (JsonNode link : ip.json("address", "show", "dev", device)) {
            for (JsonNode address : link.path("addr_info")) {
                if (!address.path("scope").asText().equals("link")) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void connect(String bridge, String device) {
        ip.run("link", "set", "dev", device, "master", bridge, "up");
    }

    @Override
    public String bridgeOf(String device) {
        JsonNode link = ip.link(device);
        return link == null ? "" : link.path("master").asText();
    }

    @Override
    public boolean hasVlan(String device, int tag) {
        for (JsonNode link : ip.links()) {
            if (IpTool.kind(link).equals("vlan")
                    && link.path("link").asText().equals(device)
                    && link.path("linkinfo").path("info_data").path("id").asInt() == tag) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String makeVlan(String device, int tag, int mtu) {
        String vlan = HostNetwork.vlanDevice(device, tag);
        if (!exists(vlan)) {
            ip.run("link", "add", "link", device, "name", vlan, "type", "vlan", "id", Integer.toString(tag));
        }
        setMtu(vlan, mtu);
        ip.run("link", "set", "dev", vlan, "up");
        return vlan;
    }

    @Override
    public void removeVlan(String device, int tag) {
        String vlan = HostNetwork.vlanDevice(device, tag);
        JsonNode link = ip.link(vlan);
        if (link != null && IpTool.kind(link).equals("vlan")) {
            ip.run("link", "delete", "dev", vlan);
        }
    }

    /** A VLAN has at most the MTU of its interface, which is the administrator's. */
    private void setMtu(String device, int mtu) {
        try {
            ip.run("link", "set", "dev", device, "mtu", Integer.toString(mtu));
        } catch (XenApiException e) {
            LOG.warn("{}: no MTU of {}: {}", device, mtu, e.getMessage());
        }
    }

    @Override
    public void checkBond(BondMode mode, Map<String, String> properties) {
        LinuxBonds.check(mode, properties);
    }

    @Override
    public void makeBond(BondDevice bond) {
        bonds.make(bond);
    }

    @Override
    public boolean ownBond(String device) {
        return bonds.own(device);
    }

    @Override
    public void removeBond(String device) {
        bonds.remove(device);
    }

    @Override
    public void tune(String device, DeviceTuning wanted) {
        tuning.tune(device, wanted);
    }

    @Override
    public void promiscuous(String device, boolean on) {
        tuning.promiscuous(device, on);
    }

    @Override
    public void route(String device, List<StaticRoute> routes) {
        for (StaticRoute route : routes) {
            ip.run("route", "replace", route.subnet(), "via", route.gateway(), "dev", device);
        }
    }
}
