package org.jxapi.hypervisor.simulator;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.jxapi.hypervisor.HypervisorException;
import org.jxapi.hypervisor.LibxlError;

/** Makes operations of the simulator go wrong: fail at once, hang until released, or die midway. */
public final class Faults {
    /** One thing that goes wrong, once. */
    public sealed interface Fault {
        /** The operation does nothing and fails. */
        record Fail(LibxlError error) implements Fault {}

        /** The operation waits until it is released, then works. */
        record Hang(CountDownLatch release) implements Fault {}

        /** The operation begins, then fails and leaves nothing behind. */
        record Die(LibxlError error) implements Fault {}
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

    private final Map<String, Queue<Fault>> pending = new ConcurrentHashMap<>();
    private final Map<String, Queue<CountDownLatch>> hanging = new ConcurrentHashMap<>();

    /**
     * The next call of that operation goes wrong so.
     *
     * @param operation one of {@link #OPERATIONS}
     */
    public void inject(String operation, Fault fault) {
        check(operation);
        if (fault instanceof Fault.Die && !MORTAL.contains(operation)) {
            throw new IllegalArgumentException(
                    operation + " cannot die midway; these can: " + String.join(", ", MORTAL));
        }
        pending.computeIfAbsent(operation, o -> new ConcurrentLinkedQueue<>()).add(fault);
    }

    private static void check(String operation) {
        if (!OPERATIONS.contains(operation)) {
            throw new IllegalArgumentException(
                    "unknown operation " + operation + "; known are " + String.join(", ", OPERATIONS));
        }
    }

    /** Lets the calls of that operation go on that hang, and those that are to hang. */
    void release(String operation) {
        check(operation);
        Queue<CountDownLatch> latches = hanging.remove(operation);
        if (latches != null) {
            latches.forEach(CountDownLatch::countDown);
        }
        Queue<Fault> queue = pending.get(operation);
        if (queue != null) {
            queue.removeIf(Fault.Hang.class::isInstance);
        }
    }

    /** Called at the beginning of an operation; returns the failure that is to kill it midway. */
    Optional<HypervisorException> begin(String operation) {
        check(operation);
        Queue<Fault> queue = pending.get(operation);
        Fault fault = queue == null ? null : queue.poll();
        if (fault instanceof Fault.Fail fail) {
            throw new HypervisorException(fail.error(), operation + " was made to fail");
        }
        if (fault instanceof Fault.Hang hang) {
            hanging.computeIfAbsent(operation, o -> new ConcurrentLinkedQueue<>())
                    .add(hang.release());
            try {
                hang.release().await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new HypervisorException(LibxlError.ABORTED, operation + " was interrupted");
            }
        }
        return fault instanceof Fault.Die die
                ? Optional.of(new HypervisorException(die.error(), operation + " was made to die midway"))
                : Optional.empty();
    }
}
