package org.jxapi.operation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.XenModel;

/** The field {@code current_operations}, which many classes have. */
public final class CurrentOperations {
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

    @SuppressWarnings("unchecked")
    private static <C> Field<C, Map<String, XenEnum>> field(Ref<C> ref) {
        return (Field<C, Map<String, XenEnum>>) XenModel.of(ref).requireField("current_operations");
    }
}
