package org.jxapi.operation;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.dispatch.Call;
import org.jxapi.dispatch.Waiting;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;

/** Takes and gives back the {@code current_operations} of objects: the lock of everything that takes time. */
public final class Operations {
    /** How often a waiting call looks whether its client is still there. */
    private static final long LOOK_MILLIS = 500;
    /** Most operations are short: so long a call that waits for one keeps its place among those that work. */
    private static final Duration GRACE = Duration.ofMillis(250);
    /** A call tries again after this, even if nobody has woken it. */
    private static final Duration FALLBACK = Duration.ofSeconds(30);

    private final Store store;
    private final Waiters waiters = new Waiters();

    public Operations(Store store) {
        this.store = store;
        store.changes().addListener(waiters);
    }

    /**
     * Takes an operation. In one transaction {@code check} runs, which throws the XenAPI error when the operation is not
     * possible, and the operation enters the object's current_operations.
     */
    public <E extends XenEnum> Operation begin(Call call, Ref<?> ref, E operation, Consumer<Transaction> check) {
        return begin(call, List.of(Claim.of(ref, operation, check)));
    }

    /** Takes all these claims or none, and waits for nothing. */
    public Operation begin(Call call, List<Claim> claims) {
        return new Attempt(key(call), claims).take();
    }

    /**
     * Takes all these claims or none. While another operation is in the way it waits, as XAPI does, until that one has
     * ended, the call is cancelled, or its client has gone. OTHER_OPERATION_IN_PROGRESS when too many wait already.
     */
    public Operation await(Call call, Claim... claims) {
        Attempt attempt = new Attempt(key(call), List.of(claims));
        XenApiException reason;
        try {
            return attempt.take();
        } catch (XenApiException e) {
            reason = attempt.worthWaiting(e);
        }
        try (Waiters.Place place = waiters.enter(reason, call.task().value());
                Call.Cancellable cancellable = call.cancellable();
                Waiting waiting = new Waiting(GRACE)) {
            return awaitTurn(call, attempt, place, waiting);
        }
    }

    private static Operation awaitTurn(Call call, Attempt attempt, Waiters.Place place, Waiting waiting) {
        while (true) {
            // Tried again in the line: what was in the way may have ended before this call stood there.
            XenApiException reason;
            try {
                return attempt.take();
            } catch (XenApiException e) {
                reason = attempt.worthWaiting(e);
            }
            if (place.moveTo(reason)) {
                continue;
            }
            place.passOn();
            awaitChange(call, place, waiting, reason);
        }
    }

    /** Waits until there may be a reason to try again; throws when there is none any more. */
    private static void awaitChange(Call call, Waiters.Place place, Waiting waiting, XenApiException reason) {
        long until = System.nanoTime() + FALLBACK.toNanos();
        boolean woken = false;
        while (!woken && System.nanoTime() < until) {
            try {
                woken = place.await(waiting.away() ? LOOK_MILLIS : GRACE.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw reason;
            }
            waiting.goOn();
            call.throwIfCancelled();
            if (call.abandoned()) {
                throw Errors.clientError("The client disconnected while its call waited: " + reason.getMessage());
            }
        }
    }

    /** Claims that are tried until they can be had. */
    private final class Attempt {
        private final String key;
        private final List<Claim> claims;
        private @Nullable Claim tried;
        private @Nullable Claim inTheWay;
        private long since;

        Attempt(String key, List<Claim> claims) {
            this.key = key;
            this.claims = claims;
        }

        Operation take() {
            store.change(tx -> {
                for (Claim claim : claims) {
                    tried = claim;
                    claim.take(tx, key);
                }
            });
            return new Operation(store, claims, key);
        }

        /** Returns an error that may end by itself; throws one that does not, or has not for long. */
        XenApiException worthWaiting(XenApiException error) {
            if (!error.code().equals("OTHER_OPERATION_IN_PROGRESS")) {
                throw error;
            }
            Claim before = inTheWay;
            if (before == null || before != tried) {
                inTheWay = tried;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > before.patience().toNanos()) {
                throw error;
            }
            return error;
        }
    }

    private static String key(Call call) {
        return call.task().isNull()
                ? "DummyRef:|" + UUID.randomUUID() + "|" + call.method()
                : call.task().value();
    }

    /** Has those look that wait for an object which was busy with something else than operations. */
    public void freed(Ref<?> ref) {
        waiters.wakeFirst(ref.value());
    }
}
