package org.jxapi.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Message;
import org.jxapi.datamodel.MessageTable;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.query.Query;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Store;
import org.jxapi.store.Stored;
import org.jxapi.store.Transaction;
import org.jxapi.xenapi.Errors;

/** The code of all implicit messages: one body a kind, for every class. */
final class ImplicitBodies {
    private final Store store;

    ImplicitBodies(Store store) {
        this.store = store;
    }

    /** The body of an implicit message. */
    MessageTable.Body<Call> of(ClassModel model, Message message) {
        Field<?> field = message.field();
        return switch (message.kind()) {
            case GETTER -> (call, args) -> row(model, args[0]).get(field.index());
            case SETTER -> (call, args) -> set(model, field, (Ref<?>) args[0], args[1]);
            case ADD -> (call, args) -> add(model, field, args);
            case REMOVE -> (call, args) -> remove(model, field, args);
            case GET_ALL -> (call, args) -> refs(model, s -> true);
            case GET_ALL_RECORDS -> (call, args) -> records(model, s -> true);
            case GET_ALL_WHERE -> (call, args) -> refs(model, new Query((String) args[0])::matches);
            case GET_ALL_RECORDS_WHERE -> (call, args) -> records(model, new Query((String) args[0])::matches);
            case GET_BY_UUID -> (call, args) -> byUuid(model, (String) args[0]);
            case GET_BY_NAME_LABEL -> (call, args) -> byNameLabel(model, (String) args[0]);
            case GET_RECORD -> (call, args) -> row(model, args[0]);
            case CREATE -> (call, args) -> store.transact(tx -> tx.create(model, (Row) args[0]));
            case DESTROY -> (call, args) -> change(tx -> tx.destroy(model, (Ref<?>) args[0]));
            case EXPLICIT -> throw new IllegalArgumentException(message.fullName());
        };
    }

    private Row row(ClassModel model, Object ref) {
        return store.snapshot().row(model, (Ref<?>) ref);
    }

    private Object change(java.util.function.Consumer<Transaction> work) {
        store.change(work);
        return null;
    }

    @SuppressWarnings("unchecked")
    private Object set(ClassModel model, Field<?> field, Ref<?> ref, Object value) {
        Object checked = value;
        if (value instanceof Map<?, ?> map && map.keySet().stream().anyMatch(String.class::isInstance)) {
            checked = Texts.cut(map);
        }
        Object given = checked;
        return change(tx -> tx.set(ref, (Field<Object>) field, given));
    }

    @SuppressWarnings("unchecked")
    private Object add(ClassModel model, Field<?> field, Object[] args) {
        Ref<?> ref = (Ref<?>) args[0];
        if (field.elements() == Field.Elements.MAP) {
            String key = Texts.key((String) args[1]);
            return change(tx -> {
                Map<Object, Object> map = new LinkedHashMap<>(
                        (Map<Object, Object>) tx.row(model, ref).get(field.index()));
                if (map.containsKey(key)) {
                    throw Errors.mapDuplicateKey(model.name(), field.column(), ref.value(), key);
                }
                map.put(key, Texts.cut((String) args[2]));
                tx.set(ref, (Field<Object>) field, Collections.unmodifiableMap(map));
            });
        }
        String member = Texts.cut((String) args[1]);
        return change(tx -> {
            List<Object> list =
                    new ArrayList<>((List<Object>) tx.row(model, ref).get(field.index()));
            if (!list.contains(member)) {
                list.add(member);
                tx.set(ref, (Field<Object>) field, Collections.unmodifiableList(list));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private Object remove(ClassModel model, Field<?> field, Object[] args) {
        Ref<?> ref = (Ref<?>) args[0];
        return change(tx -> {
            Object value = tx.row(model, ref).get(field.index());
            if (value instanceof Map<?, ?> map) {
                Map<Object, Object> rest = new LinkedHashMap<>(map);
                rest.remove(args[1]);
                tx.set(ref, (Field<Object>) field, Collections.unmodifiableMap(rest));
            } else {
                List<Object> rest = new ArrayList<>((List<Object>) value);
                rest.remove(args[1]);
                tx.set(ref, (Field<Object>) field, Collections.unmodifiableList(rest));
            }
        });
    }

    private List<Ref<?>> refs(ClassModel model, Predicate<Stored> which) {
        List<Ref<?>> refs = new ArrayList<>();
        for (Stored stored : store.snapshot().all(model)) {
            if (which.test(stored)) {
                refs.add(stored.ref());
            }
        }
        return refs;
    }

    private Map<Ref<?>, Row> records(ClassModel model, Predicate<Stored> which) {
        Collection<Stored> all = store.snapshot().all(model);
        Map<Ref<?>, Row> records = new LinkedHashMap<>(all.size() * 2);
        for (Stored stored : all) {
            if (which.test(stored)) {
                records.put(stored.ref(), stored.row());
            }
        }
        return records;
    }

    private Object byUuid(ClassModel model, String uuid) {
        return store.snapshot()
                .byUuid(model, uuid)
                .orElseThrow(() -> Errors.uuidInvalid(model.name(), uuid))
                .ref();
    }

    private Object byNameLabel(ClassModel model, String label) {
        Snapshot snapshot = store.snapshot();
        return snapshot.byNameLabel(model, label);
    }
}
