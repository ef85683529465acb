package org.jxapi.operation;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;

/** Takes and gives back the {@code current_operations} of objects: the lock of everything that takes time. */
public final class Operations {
    /** How long XAPI waits for another operation to end before it fails a call. */
    private static final long PATIENCE_NANOS = TimeUnit.HOURS.toNanos(2);
    /** How often a waiting call looks whether it was cancelled. */
    private static final long LOOK_MILLIS = 500;

    private final Store store;
    private final Object ends = new Object();
    private long ended;

    public Operations(Store store) {
        this.store = store;
    }

    /**
     * Takes an operation. In one transaction {@code check} runs, which throws the XenAPI error when the operation is not
     * possible, and the operation enters the object's current_operations.
     */
    public <E extends XenEnum> Operation begin(
            Call call, ClassModel model, Ref<?> ref, E operation, Consumer<Transaction> check) {
        return take(key(call), List.of(Claim.of(model, ref, operation, check)));
    }

    /** Takes all these claims or none, and waits for nothing. */
    public Operation begin(Call call, List<Claim> claims) {
        return take(key(call), claims);
    }

    /**
     * Takes all these claims or none. While another operation is in the way it waits, as XAPI does,
     * until that one has ended or the call is cancelled.
     *
     * @param call the call, or null for work that the daemon does by itself
     */
    public Operation await(Call call, Claim... claims) {
        String key = key(call);
        try {
            return take(key, List.of(claims));
        } catch (XenApiException e) {
            refuseWaiting(e, 0);
        }
        try (Call.Cancellable cancellable = call == null ? () -> {} : call.cancellable()) {
            return awaitTurn(call, key, List.of(claims));
        }
    }

    private Operation awaitTurn(Call call, String key, List<Claim> claims) {
        long start = System.nanoTime();
        while (true) {
            long before = endedSoFar();
            try {
                return take(key, claims);
            } catch (XenApiException e) {
                refuseWaiting(e, System.nanoTime() - start);
                awaitEnd(before, e);
            }
            if (call != null) {
                call.throwIfCancelled();
            }
        }
    }

    /** Throws on what does not end by itself, or has not for long. */
    private static void refuseWaiting(XenApiException reason, long waitedNanos) {
        if (!reason.code().equals("OTHER_OPERATION_IN_PROGRESS") || waitedNanos > PATIENCE_NANOS) {
            throw reason;
        }
    }

    private long endedSoFar() {
        synchronized (ends) {
            return ended;
        }
    }

    private void awaitEnd(long before, XenApiException reason) {
        synchronized (ends) {
            try {
                if (ended == before) {
                    ends.wait(LOOK_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw reason;
            }
        }
    }

    private static String key(Call call) {
        if (call != null && !call.task().isNull()) {
            return call.task().value();
        }
        return "DummyRef:|" + UUID.randomUUID() + "|" + (call == null ? "internal" : call.method());
    }

    private Operation take(String key, List<Claim> claims) {
        store.change(tx -> {
            for (Claim claim : claims) {
                claim.take(tx, key);
            }
        });
        return new Operation(this, claims, key);
    }

    /** What was done has been done: when the database has no room, this waits until it has. */
    void end(List<Claim> claims, String key, Consumer<Transaction> last) {
        try {
            store.insist(tx -> {
                for (Claim claim : claims) {
                    claim.giveBack(tx, key);
                }
                last.accept(tx);
            });
        } finally {
            synchronized (ends) {
                ended++;
                ends.notifyAll();
            }
        }
    }
}
