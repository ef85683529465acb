package org.jxapi.operation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.dispatch.Call;
import org.jxapi.store.Store;
import org.jxapi.store.Transaction;

/** Takes and gives back the {@code current_operations} of objects: the lock of everything that takes time. */
public final class Operations {
    private final Store store;

    public Operations(Store store) {
        this.store = store;
    }

    /**
     * Takes an operation. In one transaction {@code check} runs, which throws the XenAPI error when the operation is not
     * possible, and the operation enters the object's current_operations.
     */
    public <E extends XenEnum> Operation begin(
            Call call, ClassModel model, Ref<?> ref, E operation, Consumer<Transaction> check) {
        String key = call.task().isNull()
                ? "DummyRef:|" + UUID.randomUUID() + "|" + call.method()
                : call.task().value();
        store.change(tx -> {
            tx.row(model, ref);
            check.accept(tx);
            set(tx, model, ref, key, operation);
        });
        return new Operation(this, model, ref, key);
    }

    void end(ClassModel model, Ref<?> ref, String key, Consumer<Transaction> last) {
        store.change(tx -> {
            if (tx.find(model, ref).isPresent()) {
                set(tx, model, ref, key, null);
            }
            last.accept(tx);
        });
    }

    @SuppressWarnings("unchecked")
    private static void set(Transaction tx, ClassModel model, Ref<?> ref, String key, XenEnum operation) {
        Field<Map<String, XenEnum>> field = (Field<Map<String, XenEnum>>) model.field("current_operations");
        Map<String, XenEnum> operations = new LinkedHashMap<>(tx.get(ref, field));
        if (operation == null) {
            operations.remove(key);
        } else {
            operations.put(key, operation);
        }
        tx.set(ref, field, Collections.unmodifiableMap(operations));
    }
}
