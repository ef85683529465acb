package org.jxapi.operation;

import java.util.function.Consumer;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.store.Transaction;

/** An operation under way on an object; given back exactly once. */
public final class Operation implements AutoCloseable {
    private final Operations operations;
    private final ClassModel model;
    private final Ref<?> ref;
    private final String key;
    private boolean ended;

    Operation(Operations operations, ClassModel model, Ref<?> ref, String key) {
        this.operations = operations;
        this.model = model;
        this.ref = ref;
        this.key = key;
    }

    /** Ends it well: in one transaction it leaves current_operations and {@code last} makes its changes. */
    public void finish(Consumer<Transaction> last) {
        operations.end(model, ref, key, last);
        ended = true;
    }

    /** Gives it back if it has not ended: the failure path. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            operations.end(model, ref, key, tx -> {});
        }
    }
}
