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

        /** The operation works, after the delay of its {@link Occasion}. */
        record Slow() implements Fault {}
    }

    /**
     * When a fault happens.
     *
     * @param domain the UUID of the only domain that it is for; null for all
     * @param times how often it happens; {@link #ALWAYS} for no limit
     * @param probability of each call that it happens, above 0 and at most 1
     * @param delay how long the call takes before the fault
     */
    public record Occasion(@Nullable UUID domain, long times, double probability, Duration delay) {
        public static final long ALWAYS = Long.MAX_VALUE;

        /** The next call. */
        public static final Occasion NEXT = new Occasion(null, 1, 1, Duration.ZERO);
    }

    /**
     * A fault that is to come.
     *
     * @param left how often it can happen yet
     */
    public record Pending(String operation, Fault fault, Occasion occasion, long left) {}

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

    /** More faults than any test needs. */
    private static final int MOST = 1000;

    /** The operations that can die midway. The others have no middle. */
    static final Set<String> MORTAL = new TreeSet<>(List.of("create", "restore", "suspend"));

    private final Random random;
    private final List<Pending> pending = new ArrayList<>();
    private final Map<String, List<CountDownLatch>> hanging = new HashMap<>();

    /** @param random decides on faults that have a probability */
    Faults(Random random) {
        this.random = random;
    }

    /**
     * The next call of that operation goes wrong so.
     *
     * @param operation one of {@link #OPERATIONS}
     */
    public void inject(String operation, Fault fault) {
        inject(operation, fault, Occasion.NEXT);
    }

    /** Calls of that operation go wrong so. Of several faults for one call, the one that was given first happens. */
    public synchronized void inject(String operation, Fault fault, Occasion occasion) {
        check(operation);
        if (fault instanceof Fault.Die && !MORTAL.contains(operation)) {
            throw new IllegalArgumentException(
                    operation + " cannot die midway; these can: " + String.join(", ", MORTAL));
        }
        if (pending.size() >= MOST) {
            throw new IllegalArgumentException("there are " + MOST + " faults to come already; clear them first");
        }
        pending.add(new Pending(operation, fault, occasion, occasion.times()));
    }

    /** The faults that are to come, in the order in which they were given. */
    public synchronized List<Pending> pending() {
        return List.copyOf(pending);
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
        pending.removeIf(fault -> fault.operation().equals(operation) && fault.fault() instanceof Fault.Hang);
    }

    /**
     * Called at the beginning of an operation; returns the failure that is to kill it midway.
     *
     * @param domain the UUID of its domain; null when it has none
     */
    Optional<HypervisorException> begin(String operation, @Nullable UUID domain) {
        check(operation);
        Pending next = take(operation, domain);
        if (next == null) {
            return Optional.empty();
        }
        pause(operation, next.occasion().delay());
        if (next.fault() instanceof Fault.Fail fail) {
            throw new HypervisorException(fail.error(), operation + " was made to fail");
        }
        if (next.fault() instanceof Fault.Hang hang) {
            await(operation, hang.release());
        }
        return next.fault() instanceof Fault.Die die
                ? Optional.of(new HypervisorException(die.error(), operation + " was made to die midway"))
                : Optional.empty();
    }

    private synchronized @Nullable Pending take(String operation, @Nullable UUID domain) {
        for (int i = 0; i < pending.size(); i++) {
            Pending next = pending.get(i);
            Occasion occasion = next.occasion();
            boolean meant = next.operation().equals(operation)
                    && (occasion.domain() == null || occasion.domain().equals(domain));
            if (!meant || occasion.probability() < 1 && random.nextDouble() >= occasion.probability()) {
                continue;
            }
            if (next.left() == 1) {
                pending.remove(i);
            } else if (next.left() != Occasion.ALWAYS) {
                pending.set(i, new Pending(operation, next.fault(), occasion, next.left() - 1));
            }
            if (next.fault() instanceof Fault.Hang hang) {
                hanging.computeIfAbsent(operation, o -> new ArrayList<>()).add(hang.release());
            }
            return next;
        }
        return null;
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
