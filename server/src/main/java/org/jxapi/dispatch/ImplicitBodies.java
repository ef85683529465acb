package org.jxapi.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
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

    /** The body of an implicit message of that class. */
    <C> MessageTable.Body<Call> of(ClassModel<C> model, MessageModel message) {
        return switch (message.kind()) {
            case GETTER -> {
                Field<C, Object> field = field(message);
                yield (call, args) -> store.snapshot().get(self(model, args), field);
            }
            case SETTER -> {
                Field<C, Object> field = field(message);
                yield (call, args) -> set(field, self(model, args), args[1]);
            }
            case ADD -> {
                Field<C, Object> field = field(message);
                yield (call, args) -> add(field, self(model, args), args);
            }
            case REMOVE -> {
                Field<C, Object> field = field(message);
                yield (call, args) -> remove(field, self(model, args), args);
            }
            case GET_ALL -> (call, args) -> refs(model, s -> true);
            case GET_ALL_RECORDS -> (call, args) -> records(model, s -> true);
            case GET_ALL_WHERE -> (call, args) -> refs(model, new Query((String) args[0])::matches);
            case GET_ALL_RECORDS_WHERE -> (call, args) -> records(model, new Query((String) args[0])::matches);
            case GET_BY_UUID -> (call, args) -> byUuid(model, (String) args[0]);
            case GET_BY_NAME_LABEL -> (call, args) -> byNameLabel(model, (String) args[0]);
            case GET_RECORD -> (call, args) -> store.snapshot().row(self(model, args));
            case CREATE -> (call, args) -> store.transact(tx -> tx.create(((Row<?>) args[0]).as(model)));
            case DESTROY -> (call, args) -> change(tx -> tx.destroy(self(model, args)));
            case EXPLICIT -> throw new IllegalArgumentException(message.fullName());
        };
    }

    /** The field that an accessor of the class is about. */
    @SuppressWarnings("unchecked")
    private static <C> Field<C, Object> field(MessageModel message) {
        return (Field<C, Object>) Objects.requireNonNull(message.field(), message::fullName);
    }

    private static <C> Ref<C> self(ClassModel<C> model, Object[] args) {
        return model.cast((Ref<?>) args[0]);
    }

    private @Nullable Object change(Consumer<Transaction> work) {
        store.change(work);
        return null;
    }

    private <C> @Nullable Object set(Field<C, Object> field, Ref<C> ref, Object value) {
        Object checked = value;
        if (value instanceof Map<?, ?> map && map.keySet().stream().anyMatch(String.class::isInstance)) {
            checked = Texts.cut(map);
        }
        Object given = checked;
        return change(tx -> tx.set(ref, field, given));
    }

    @SuppressWarnings("unchecked")
    private <C> @Nullable Object add(Field<C, Object> field, Ref<C> ref, Object[] args) {
        if (field.elements() == Field.Elements.MAP) {
            String key = Texts.key((String) args[1]);
            return change(tx -> {
                Map<Object, Object> map = new LinkedHashMap<>((Map<Object, Object>) tx.get(ref, field));
                if (map.containsKey(key)) {
                    throw Errors.mapDuplicateKey(field.className(), field.column(), ref.value(), key);
                }
                map.put(key, Texts.cut((String) args[2]));
                tx.set(ref, field, Collections.unmodifiableMap(map));
            });
        }
        String member = Texts.cut((String) args[1]);
        return change(tx -> {
            List<Object> list = new ArrayList<>((List<Object>) tx.get(ref, field));
            if (!list.contains(member)) {
                list.add(member);
                tx.set(ref, field, Collections.unmodifiableList(list));
            }
        });
    }

    @SuppressWarnings("unchecked")
    private <C> @Nullable Object remove(Field<C, Object> field, Ref<C> ref, Object[] args) {
        return change(tx -> {
            Object value = tx.get(ref, field);
            if (value instanceof Map<?, ?> map) {
                Map<Object, Object> rest = new LinkedHashMap<>(map);
                rest.remove(args[1]);
                tx.set(ref, field, Collections.unmodifiableMap(rest));
            } else {
                List<Object> rest = new ArrayList<>((List<Object>) value);
                rest.remove(args[1]);
                tx.set(ref, field, Collections.unmodifiableList(rest));
            }
        });
    }

    private <C> List<Ref<C>> refs(ClassModel<C> model, Predicate<Stored<?>> which) {
        List<Ref<C>> refs = new ArrayList<>();
        for (Stored<C> stored : store.snapshot().all(model)) {
            if (which.test(stored)) {
                refs.add(stored.ref());
            }
        }
        return refs;
    }

    private <C> Map<Ref<C>, Row<C>> records(ClassModel<C> model, Predicate<Stored<?>> which) {
        Collection<Stored<C>> all = store.snapshot().all(model);
        Map<Ref<C>, Row<C>> records = new LinkedHashMap<>(all.size() * 2);
        for (Stored<C> stored : all) {
            if (which.test(stored)) {
                records.put(stored.ref(), stored.row());
            }
        }
        return records;
    }

    private Object byUuid(ClassModel<?> model, String uuid) {
        return store.snapshot()
                .byUuid(model, uuid)
                .orElseThrow(() -> Errors.uuidInvalid(model.name(), uuid))
                .ref();
    }

    private Object byNameLabel(ClassModel<?> model, String label) {
        Snapshot snapshot = store.snapshot();
        return snapshot.byNameLabel(model, label);
    }
}
