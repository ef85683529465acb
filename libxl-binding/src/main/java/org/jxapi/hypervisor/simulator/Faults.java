package org.jxapi.hypervisor.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** Makes operations of the simulator go wrong: fail at once, hang until released, die midway, or take time. */
public final class Faults {
    /** One thing that goes wrong. */
    public sealed interface Fault {
        /** The operation does nothing and fails. */
        record Fail(LibxlError error) implements Fault {}

        /** The operation waits until it is released, then works. */
        record Hang(CountDownLatch release) implements Fault {}

        /** The operation begins, then fails and leaves nothing behind. */
        record Die(LibxlError error) implements Fault {}

        /** The operation works, after the delay of its {@link PendingFaults.Due}. */
        record Slow() implements Fault {}
    }

    /**
     * A fault and the calls that it is for.
     *
     * @param operation one of {@link #OPERATIONS}
     * @param domain the UUID of the only domain that it is for; null for all
     */
    public record Aimed(
            String operation, Fault fault, @Nullable UUID domain) {
        private boolean concerns(String call, @Nullable UUID of) {
            return operation.equals(call) && (domain == null || domain.equals(of));
        }
    }

    /** The operations that can fail. */
    static final Set<String> OPERATIONS = new TreeSet<>(List.of(
            "create",
            "restore",
            "suspend",
            "resume",
            "pause",
            "unpause",
            "shutdown",
            "reboot",
            "soft-reset",
            "trigger",
            "destroy",
            "rename",
            "core-dump",
            "set-memory-target",
            "set-vcpu-online",
            "disk-add",
            "disk-remove",
            "nic-add",
            "nic-remove",
            "device-add",
            "device-remove",
            "cdrom-insert",
            "debug-keys"));

    /** The operations that can die midway. The others have no middle. */
    static final Set<String> MORTAL = new TreeSet<>(List.of("create", "restore", "suspend"));

    private final PendingFaults<Aimed> pending;
    private final Map<String, List<CountDownLatch>> hanging = new HashMap<>();

    /** @param random decides on faults that have a probability */
    Faults(Random random) {
        this.pending = new PendingFaults<>(random);
    }

    /**
     * The next call of that operation goes wrong so.
     *
     * @param operation one of {@link #OPERATIONS}
     */
    public void inject(String operation, Fault fault) {
        inject(new Aimed(operation, fault, null), PendingFaults.Terms.NEXT);
    }

    /** Calls go wrong so. Of several faults for one call, the one that was given first happens. */
    void inject(Aimed fault, PendingFaults.Terms terms) {
        check(fault.operation());
        if (fault.fault() instanceof Fault.Die && !MORTAL.contains(fault.operation())) {
            throw new IllegalArgumentException(
                    fault.operation() + " cannot die midway; these can: " + String.join(", ", MORTAL));
        }
        pending.add(fault, terms);
    }

    /** The faults that are to come, in the order in which they were given. */
    public List<PendingFaults.Rule<Aimed>> pending() {
        return pending.all();
    }

    /** Forgets all faults, and lets the calls go on that hang. */
    public synchronized void clear() {
        pending.clear();
        hanging.values().forEach(latches -> latches.forEach(CountDownLatch::countDown));
        hanging.clear();
    }

    private static void check(String operation) {
        if (!OPERATIONS.contains(operation)) {
            throw new IllegalArgumentException(
                    "unknown operation " + operation + "; known are " + String.join(", ", OPERATIONS));
        }
    }

    /** Lets the calls of that operation go on that hang, and those that are to hang. */
    synchronized void release(String operation) {
        check(operation);
        List<CountDownLatch> latches = hanging.remove(operation);
        if (latches != null) {
            latches.forEach(CountDownLatch::countDown);
        }
        pending.removeIf(aimed -> aimed.operation().equals(operation) && aimed.fault() instanceof Fault.Hang);
    }

    /**
     * Called at the beginning of an operation; returns the failure that is to kill it midway.
     *
     * @param domain the UUID of its domain; null when it has none
     */
    Optional<HypervisorException> begin(String operation, @Nullable UUID domain) {
        check(operation);
        PendingFaults.Due<Aimed> rule = take(operation, domain);
        if (rule == null) {
            return Optional.empty();
        }
        pause(operation, rule.delay());
        Fault fault = rule.fault().fault();
        if (fault instanceof Fault.Fail fail) {
            throw new HypervisorException(fail.error(), operation + " was made to fail");
        }
        if (fault instanceof Fault.Hang hang) {
            await(operation, hang.release());
        }
        return fault instanceof Fault.Die die
                ? Optional.of(new HypervisorException(die.error(), operation + " was made to die midway"))
                : Optional.empty();
    }

    private synchronized PendingFaults.@Nullable Due<Aimed> take(String operation, @Nullable UUID domain) {
        PendingFaults.Due<Aimed> rule = pending.take(aimed -> aimed.concerns(operation, domain));
        if (rule != null && rule.fault().fault() instanceof Fault.Hang hang) {
            hanging.computeIfAbsent(operation, o -> new ArrayList<>()).add(hang.release());
        }
        return rule;
    }

    private static void pause(String operation, Duration delay) {
        try {
            Thread.sleep(delay.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(operation);
        }
    }

    private static void await(String operation, CountDownLatch release) {
        try {
            release.await();
        } catch (InterruptedException e) {
            throw interrupted(operation);
        }
    }

    private static HypervisorException interrupted(String operation) {
        Thread.currentThread().interrupt();
        return new HypervisorException(LibxlError.ABORTED, operation + " was interrupted");
    }
}
