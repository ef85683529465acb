package org.jxapi.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Errors;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** One immutable state of all objects: a table a class, and which class each reference belongs to. */
record State(long sequence, PMap<String, Table<?>> tables, PMap<String, ClassModel<?>> classes) implements Snapshot {
    static final State EMPTY = empty();

    private static State empty() {
        PMap<String, Table<?>> tables = HashTreePMap.empty();
        for (ClassModel<?> model : StoreModel.CLASSES) {
            tables = tables.plus(model.name(), Table.empty());
        }
        return new State(0, tables, HashTreePMap.empty());
    }

    /** The objects of a class, and where to find them by uuid, by name and by the number of their last change. */
    record Table<C>(
            PMap<String, Stored<C>> rows,
            PMap<String, String> byUuid,
            PMap<String, PMap<String, Boolean>> byName,
            TreePMap<Long, String> byModified) {
        private static final Table<?> EMPTY =
                new Table<>(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), TreePMap.empty());

        @SuppressWarnings("unchecked")
        static <C> Table<C> empty() {
            return (Table<C>) EMPTY;
        }

        Table<C> plus(Stored<C> stored) {
            Stored<C> old = rows.get(stored.ref().value());
            Table<C> base = old == null ? this : unindexed(old);
            String ref = stored.ref().value();
            PMap<String, String> uuids = base.byUuid;
            PMap<String, PMap<String, Boolean>> names = base.byName;
            String uuid = text(stored.row(), "uuid");
            if (uuid != null) {
                uuids = uuids.plus(uuid, ref);
            }
            String name = text(stored.row(), "name_label");
            if (name != null) {
                names = names.plus(
                        name, names.getOrDefault(name, HashTreePMap.empty()).plus(ref, true));
            }
            return new Table<>(base.rows.plus(ref, stored), uuids, names, base.byModified.plus(stored.modified(), ref));
        }

        Table<C> minus(Stored<C> stored) {
            Table<C> base = unindexed(stored);
            return new Table<>(base.rows.minus(stored.ref().value()), base.byUuid, base.byName, base.byModified);
        }

        /** The same rows with another version of one. */
        Table<C> replaced(Stored<C> old, Stored<C> now) {
            if (!sameKeys(old.row(), now.row())) {
                return plus(now);
            }
            String ref = now.ref().value();
            TreePMap<Long, String> modified = byModified.minus(old.modified()).plus(now.modified(), ref);
            return new Table<>(rows.plus(ref, now), byUuid, byName, modified);
        }

        private static boolean sameKeys(Row<?> a, Row<?> b) {
            return Objects.equals(text(a, "uuid"), text(b, "uuid"))
                    && Objects.equals(text(a, "name_label"), text(b, "name_label"));
        }

        private Table<C> unindexed(Stored<C> old) {
            PMap<String, String> uuids = byUuid;
            PMap<String, PMap<String, Boolean>> names = byName;
            String uuid = text(old.row(), "uuid");
            if (uuid != null && old.ref().value().equals(uuids.get(uuid))) {
                uuids = uuids.minus(uuid);
            }
            String name = text(old.row(), "name_label");
            if (name != null) {
                PMap<String, Boolean> refs = names.getOrDefault(name, HashTreePMap.empty())
                        .minus(old.ref().value());
                names = refs.isEmpty() ? names.minus(name) : names.plus(name, refs);
            }
            return new Table<>(rows, uuids, names, byModified.minus(old.modified()));
        }

        private static @Nullable String text(Row<?> row, String fieldName) {
            Field<?, ?> field = row.model().field(fieldName);
            return field == null ? null : (String) row.get(field.index());
        }
    }

    <C> Table<C> table(ClassModel<C> model) {
        return table(model.name());
    }

    /** A table has the objects of one class: {@link #with} is the only way in. */
    @SuppressWarnings("unchecked")
    private <C> Table<C> table(String className) {
        Table<?> table = tables.get(className);
        return table == null ? Table.empty() : (Table<C>) table;
    }

    private State classes(PMap<String, ClassModel<?>> now) {
        return new State(sequence, tables, now);
    }

    private <C> State with(ClassModel<C> model, Table<C> table) {
        return new State(sequence, tables.plus(model.name(), table), classes);
    }

    /**
     * The state in which an object is as {@code now}.
     *
     * @param old the object as it is in this state; null when it is new
     */
    <C> State put(@Nullable Stored<C> old, Stored<C> now) {
        ClassModel<C> model = now.row().model();
        Table<C> table = table(model);
        State with = with(model, old == null ? table.plus(now) : table.replaced(old, now));
        return old != null ? with : with.classes(classes.plus(now.ref().value(), model));
    }

    /** The state without this object, which it has. */
    <C> State remove(Stored<C> old) {
        ClassModel<C> model = old.row().model();
        return with(model, table(model).minus(old))
                .classes(classes.minus(old.ref().value()));
    }

    /** The state after the change of an object. */
    <C> State with(ObjectChange<C> change) {
        Stored<C> before = change.before();
        Stored<C> now = change.now();
        if (now != null) {
            return put(before, now);
        }
        return before == null ? this : remove(before);
    }

    State at(long newSequence) {
        return new State(newSequence, tables, classes);
    }

    @Override
    public <C> Optional<Stored<C>> find(Ref<C> ref) {
        Table<C> table = table(ref.className());
        return Optional.ofNullable(table.rows.get(ref.value()));
    }

    @Override
    public <C, T> T get(Ref<C> ref, Field<C, T> field) {
        Table<C> table = table(field.className());
        Stored<C> stored = table.rows.get(ref.value());
        if (stored == null) {
            throw Errors.handleInvalid(field.className(), ref.value());
        }
        return stored.row().get(field);
    }

    @Override
    public <C> Collection<Stored<C>> all(ClassModel<C> model) {
        return table(model).rows.values();
    }

    @Override
    public <C> Collection<Stored<C>> modifiedAfter(ClassModel<C> model, long sequence) {
        Table<C> table = table(model);
        if (table.byModified.isEmpty() || table.byModified.lastKey() <= sequence) {
            return List.of();
        }
        List<Stored<C>> changed = new ArrayList<>();
        table.byModified.tailMap(sequence, false).values().forEach(ref -> changed.add(table.rows.get(ref)));
        return changed;
    }

    @Override
    public int count(ClassModel<?> model) {
        return table(model).rows.size();
    }

    @Override
    public <C> Optional<Stored<C>> byUuid(ClassModel<C> model, String uuid) {
        Table<C> table = table(model);
        String ref = table.byUuid.get(uuid);
        return ref == null ? Optional.empty() : Optional.ofNullable(table.rows.get(ref));
    }

    @Override
    public <C> List<Ref<C>> byNameLabel(ClassModel<C> model, String nameLabel) {
        Table<C> table = table(model);
        PMap<String, Boolean> refs = table.byName.get(nameLabel);
        if (refs == null) {
            return List.of();
        }
        return refs.keySet().stream().map(model::ref).toList();
    }

    @Override
    public Optional<ClassModel<?>> classOf(String ref) {
        return Optional.ofNullable(classes.get(ref));
    }
}
