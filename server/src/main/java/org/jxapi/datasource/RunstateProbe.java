package org.jxapi.datasource;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.hypervisor.VcpuInfo;
import org.jxapi.measure.Owner;
import org.jxapi.measure.Source;

/**
 * The run states of domains. XenServer's Xen counts the time in each. Xen itself only says in which state each virtual CPU
 * is, so the time between two looks counts for the state that the second one sees.
 */
final class RunstateProbe implements Probe {
    /** Xen's states of a whole domain. */
    private enum State {
        FULLRUN("fullrun", "all virtual CPUs run"),
        FULL_CONTENTION("full_contention", "all virtual CPUs wait for a physical CPU"),
        CONCURRENCY_HAZARD("concurrency_hazard", "some virtual CPUs run and some wait for a physical CPU"),
        BLOCKED("blocked", "all virtual CPUs are blocked or offline"),
        PARTIAL_RUN("partial_run", "some virtual CPUs run and some are blocked"),
        PARTIAL_CONTENTION("partial_contention", "some virtual CPUs wait for a physical CPU and some are blocked");

        private final Source source;

        State(String name, String about) {
            this.source = Source.fraction("runstate_" + name, "Fraction of the time in which " + about)
                    .onDemand();
        }
    }

    private static final Set<State> WAITING =
            Set.of(State.FULL_CONTENTION, State.CONCURRENCY_HAZARD, State.PARTIAL_CONTENTION);
    private static final Source RUNNABLE_ANY = Source.fraction(
                    "runnable_any", "Fraction of the time in which a virtual CPU waits for a physical CPU")
            .onDemand();

    /** Seconds by state and domain. */
    private final Map<Integer, double[]> seconds = new HashMap<>();

    @Override
    public void read(Look look, Readings readings) {
        seconds.keySet().retainAll(look.vms().keySet());
        look.vms().forEach((domid, vm) -> {
            double[] spent = seconds.computeIfAbsent(domid, id -> new double[State.values().length]);
            spent[state(look.vcpusOf(domid)).ordinal()] += look.seconds();
            Owner owner = Look.owner(vm);
            double waiting = 0;
            for (State state : State.values()) {
                readings.add(owner, state.source, spent[state.ordinal()]);
                waiting += WAITING.contains(state) ? spent[state.ordinal()] : 0;
            }
            readings.add(owner, RUNNABLE_ANY, waiting);
        });
    }

    private static State state(List<VcpuInfo> vcpus) {
        boolean running = false;
        boolean waiting = false;
        boolean blocked = false;
        for (VcpuInfo vcpu : vcpus) {
            boolean still = !vcpu.online() || vcpu.blocked();
            blocked |= still;
            running |= !still && vcpu.running();
            waiting |= !still && !vcpu.running();
        }
        if (running && waiting) {
            return State.CONCURRENCY_HAZARD;
        } else if (running) {
            return blocked ? State.PARTIAL_RUN : State.FULLRUN;
        } else if (waiting) {
            return blocked ? State.PARTIAL_CONTENTION : State.FULL_CONTENTION;
        }
        return State.BLOCKED;
    }
}
