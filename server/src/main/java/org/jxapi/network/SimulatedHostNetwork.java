package org.jxapi.network;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jxapi.xenapi.BondMode;

/** The network of the simulated machine. It keeps its settings in memory, and does not touch the real network. */
public final class SimulatedHostNetwork implements HostNetwork {
    private final List<Nic> nics;
    /** The bridge or bond of every device; bridges are their own. */
    private final Map<String, String> devices = new ConcurrentHashMap<>();

    private final Set<String> bonds = ConcurrentHashMap.newKeySet();

    /** What {@link #tune}, {@link #promiscuous} and {@link #route} have set, by device and setting. */
    private final Map<String, Map<String, String>> tuned = new ConcurrentSkipListMap<>();

    private final Nat nat;

    public SimulatedHostNetwork(List<Nic> nics) {
        this(nics, new SimulatedNat());
    }

    SimulatedHostNetwork(List<Nic> nics, Nat nat) {
        this.nics = List.copyOf(nics);
        this.nat = nat;
        nics.forEach(nic -> devices.put(nic.device(), ""));
    }

    @Override
    public List<Nic> nics() {
        return nics;
    }

    @Override
    public boolean exists(String device) {
        return devices.containsKey(device);
    }

    @Override
    public void makeBridge(String bridge, int mtu) {
        devices.putIfAbsent(bridge, bridge);
    }

    @Override
    public void removeBridge(String bridge) {
        if (ownBridge(bridge)) {
            devices.remove(bridge);
            tuned.remove(bridge);
            release(bridge);
        }
    }

    @Override
    public boolean ownBridge(String bridge) {
        return bridge.equals(devices.get(bridge));
    }

    @Override
    public boolean addressed(String device) {
        return false;
    }

    @Override
    public void connect(String bridge, String device) {
        devices.put(device, bridge);
    }

    @Override
    public String bridgeOf(String device) {
        return devices.getOrDefault(device, "");
    }

    @Override
    public boolean hasVlan(String device, int tag) {
        return exists(HostNetwork.vlanDevice(device, tag));
    }

    @Override
    public String makeVlan(String device, int tag, int mtu) {
        String vlan = HostNetwork.vlanDevice(device, tag);
        devices.putIfAbsent(vlan, "");
        return vlan;
    }

    @Override
    public void removeVlan(String device, int tag) {
        devices.remove(HostNetwork.vlanDevice(device, tag));
    }

    /** It can do everything that XAPI can. */
    @Override
    public void checkBond(BondMode mode, Map<String, String> properties) {}

    @Override
    public void makeBond(BondDevice bond) {
        devices.putIfAbsent(bond.device(), "");
        release(bond.device());
        bond.members().forEach(member -> devices.put(member, bond.device()));
        bonds.add(bond.device());
    }

    private void release(String bond) {
        devices.replaceAll((device, at) -> at.equals(bond) ? "" : at);
    }

    @Override
    public boolean ownBond(String device) {
        return bonds.contains(device);
    }

    @Override
    public void removeBond(String device) {
        if (bonds.remove(device)) {
            release(device);
            devices.remove(device);
            devices.keySet().removeIf(vlan -> vlan.startsWith(device + "."));
        }
    }

    @Override
    public void tune(String device, DeviceTuning tuning) {
        if (tuning.mtu() > 0) {
            set(device, Map.of("mtu", Integer.toString(tuning.mtu())));
        }
        set(device, tuning.settings());
        set(device, tuning.offload());
    }

    @Override
    public void promiscuous(String device, boolean on) {
        set(device, Map.of("promiscuous", on ? "on" : "off"));
    }

    @Override
    public void route(String device, List<StaticRoute> routes) {
        routes.forEach(route -> set(device, Map.of(route.subnet(), route.gateway())));
    }

    private void set(String device, Map<String, String> settings) {
        if (!settings.isEmpty()) {
            tuned.computeIfAbsent(device, name -> new ConcurrentSkipListMap<>()).putAll(settings);
        }
    }

    /**
     * The settings that devices have got: by device, values by {@code ethtool}'s name, {@code mtu} or {@code promiscuous}, and
     * the gateways of routes by subnet.
     */
    public Map<String, Map<String, String>> settings() {
        return tuned;
    }

    @Override
    public Nat nat() {
        return nat;
    }

    @Override
    public boolean configures() {
        return true;
    }

    /** Its guests send nothing. */
    @Override
    public boolean filters() {
        return true;
    }
}
