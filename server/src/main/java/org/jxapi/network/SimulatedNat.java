package org.jxapi.network;

import java.util.List;

/** NAT of the simulated machine, whose guests send nothing. */
final class SimulatedNat implements Nat {
    @Override
    public List<NatAddress> others(String bridge) {
        return List.of();
    }

    @Override
    public void start(String bridge, NatAddress address) {}

    @Override
    public boolean isUp(String bridge) {
        return false;
    }

    @Override
    public void stop(String bridge) {}
}
