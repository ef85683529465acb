package org.jxapi.operation;

import java.time.Duration;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.store.Transaction;

/**
 * Something that an operation takes and gives back. All claims of an operation are taken in one transaction, in their
 * order, so that each sees those before it.
 */
public interface Claim {
    /** How long XAPI waits for another operation to end before it fails a call: standard in its helpers.ml. */
    Duration PATIENCE = Duration.ofHours(2);

    /**
     * Takes it.
     *
     * @param key the operation's key in {@code current_operations}
     * @throws org.jxapi.datamodel.XenApiException when it cannot be had now; then no claim of the operation is taken
     */
    void take(Transaction tx, String key);

    /** Gives it back, also when the object has gone meanwhile. */
    void giveBack(Transaction tx, String key);

    /** How long an operation waits for it at most. */
    default Duration patience() {
        return PATIENCE;
    }

    /** Whether it is about that object. */
    default boolean of(Ref<?> ref) {
        return false;
    }

    /**
     * An object, with an operation in its {@code current_operations}.
     *
     * @param check throws the XenAPI error when the operation is not possible now
     */
    static <C> Claim of(Ref<C> ref, XenEnum operation, Consumer<Transaction> check) {
        return new Claim() {
            @Override
            public void take(Transaction tx, String key) {
                tx.require(ref);
                check.accept(tx);
                CurrentOperations.add(tx, ref, key, operation);
            }

            @Override
            public void giveBack(Transaction tx, String key) {
                CurrentOperations.remove(tx, ref, key);
            }

            @Override
            public boolean of(Ref<?> other) {
                return ref.equals(other);
            }
        };
    }

    /** Something that is checked, or written down, with the claims before it. */
    static Claim also(Consumer<Transaction> work) {
        return new Claim() {
            @Override
            public void take(Transaction tx, String key) {
                work.accept(tx);
            }

            @Override
            public void giveBack(Transaction tx, String key) {}
        };
    }
}
