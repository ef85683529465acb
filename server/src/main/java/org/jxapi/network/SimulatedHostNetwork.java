package org.jxapi.network;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The network of the simulated machine. It keeps its settings in memory, and does not touch the real network. */
public final class SimulatedHostNetwork implements HostNetwork {
    private final List<Nic> nics;
    /** The bridge of every device; bridges are their own. */
    private final Map<String, String> devices = new ConcurrentHashMap<>();

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
        devices.remove(bridge);
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
    public String makeVlan(String device, int tag) {
        String vlan = HostNetwork.vlanDevice(device, tag);
        devices.putIfAbsent(vlan, "");
        return vlan;
    }

    @Override
    public void removeVlan(String device, int tag) {
        devices.remove(HostNetwork.vlanDevice(device, tag));
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
