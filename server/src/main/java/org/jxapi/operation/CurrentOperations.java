package org.jxapi.operation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.store.Transaction;

/** The field {@code current_operations}, which many classes have. */
public final class CurrentOperations {
    private CurrentOperations() {}

    public static void add(Transaction tx, ClassModel model, Ref<?> ref, String key, XenEnum operation) {
        Map<String, XenEnum> operations = new LinkedHashMap<>(tx.get(ref, field(model)));
        operations.put(key, operation);
        tx.set(ref, field(model), Collections.unmodifiableMap(operations));
    }

    /** Takes an operation off an object, if both are there still. */
    public static void remove(Transaction tx, ClassModel model, Ref<?> ref, String key) {
        if (tx.find(model, ref).isEmpty() || !tx.get(ref, field(model)).containsKey(key)) {
            return;
        }
        Map<String, XenEnum> operations = new LinkedHashMap<>(tx.get(ref, field(model)));
        operations.remove(key);
        tx.set(ref, field(model), Collections.unmodifiableMap(operations));
    }

    @SuppressWarnings("unchecked")
    private static Field<Map<String, XenEnum>> field(ClassModel model) {
        return (Field<Map<String, XenEnum>>) model.field("current_operations");
    }
}
