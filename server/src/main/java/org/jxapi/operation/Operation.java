package org.jxapi.operation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;

/** An operation under way on one or more objects; given back exactly once. */
public final class Operation implements AutoCloseable {
    private final Store store;
    private final List<Claim> claims;
    private final String key;
    private boolean ended;

    Operation(Store store, List<Claim> claims, String key) {
        this.store = store;
        this.claims = new ArrayList<>(claims);
        this.key = key;
    }

    /** Ends it well: in one transaction it leaves current_operations and {@code last} makes its changes. */
    public void finish(Consumer<Transaction> last) {
        end(claims, last);
        ended = true;
    }

    /** Gives one of its objects back before the others, so that slow work does not hold it. */
    public void release(Ref<?> ref) {
        List<Claim> released = claims.stream().filter(c -> c.of(ref)).toList();
        claims.removeAll(released);
        end(released, tx -> {});
    }

    /** Gives it back if it has not ended: the failure path. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            end(claims, tx -> {});
        }
    }

    /** Gives claims back whose work is done. If the database has no space, this waits until there is some. */
    private void end(List<Claim> done, Consumer<Transaction> last) {
        store.insist(tx -> {
            for (Claim claim : done) {
                claim.giveBack(tx, key);
            }
            last.accept(tx);
        });
    }
}
