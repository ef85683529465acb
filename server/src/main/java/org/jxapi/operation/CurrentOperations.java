package org.jxapi.operation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Task;
import org.jxapi.xenapi.XenModel;

/** The field {@code current_operations}, which many classes have. */
public final class CurrentOperations {
    private static final String NAME = "current_operations";

    private CurrentOperations() {}

    /** Gives an object an operation; HANDLE_INVALID when the object is not there. */
    public static <C> void add(Transaction tx, Ref<C> ref, String key, XenEnum operation) {
        tx.change(ref, field(ref), before -> {
            Map<String, XenEnum> operations = new LinkedHashMap<>(before);
            operations.put(key, operation);
            return Collections.unmodifiableMap(operations);
        });
    }

    /** Takes an operation off an object, if both are still there. */
    public static <C> void remove(Transaction tx, Ref<C> ref, String key) {
        if (tx.find(ref).isPresent()) {
            tx.change(ref, field(ref), before -> {
                Map<String, XenEnum> operations = new LinkedHashMap<>(before);
                operations.remove(key);
                return Collections.unmodifiableMap(operations);
            });
        }
    }

    /**
     * Ends all operations at the start of a coordinator of a shared database, which has those of the coordinator before. The
     * database of one host has none at its start. Tasks keep theirs until they end.
     */
    public static void endAll(Transaction tx) {
        for (ClassModel<?> model : XenModel.CLASSES) {
            if (model != Task.XEN_CLASS && model.field(NAME) != null) {
                List.copyOf(tx.all(model)).forEach(stored -> end(tx, stored.ref()));
            }
        }
    }

    private static <C> void end(Transaction tx, Ref<C> ref) {
        if (!tx.get(ref, field(ref)).isEmpty()) {
            tx.set(ref, field(ref), Map.of());
        }
    }

    @SuppressWarnings("unchecked")
    private static <C> Field<C, Map<String, XenEnum>> field(Ref<C> ref) {
        return (Field<C, Map<String, XenEnum>>) XenModel.of(ref).requireField(NAME);
    }
}
