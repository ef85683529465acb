package org.jxapi.hypervisor.simulator;

import java.util.Map;
import java.util.Queue;
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

        /** The operation waits until it is let go, then works. */
        record Hang(CountDownLatch release) implements Fault {}

        /** The operation begins, then fails and leaves nothing behind. */
        record Die(LibxlError error) implements Fault {}
    }

    private final Map<String, Queue<Fault>> pending = new ConcurrentHashMap<>();
    private final Map<String, Queue<CountDownLatch>> hanging = new ConcurrentHashMap<>();

    /** The next call of that operation ({@code create}, {@code suspend}, {@code disk-add} …) goes wrong so. */
    public void inject(String operation, Fault fault) {
        pending.computeIfAbsent(operation, o -> new ConcurrentLinkedQueue<>()).add(fault);
    }

    /** Lets the calls of that operation go on that hang, and those that are to hang. */
    void release(String operation) {
        Queue<CountDownLatch> latches = hanging.remove(operation);
        if (latches != null) {
            latches.forEach(CountDownLatch::countDown);
        }
        Queue<Fault> queue = pending.get(operation);
        if (queue != null) {
            queue.removeIf(Fault.Hang.class::isInstance);
        }
    }

    /** Called at the beginning of an operation; returns what is to kill it midway, or null. */
    HypervisorException begin(String operation) {
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
                ? new HypervisorException(die.error(), operation + " was made to die midway")
                : null;
    }
}
