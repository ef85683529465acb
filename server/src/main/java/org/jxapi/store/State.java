package org.jxapi.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/** One immutable state of all objects: a table a class, and which class each reference belongs to. */
record State(long sequence, PMap<String, Table> tables, PMap<String, ClassModel> classes) implements Snapshot {
    static final State EMPTY = empty();

    private static State empty() {
        PMap<String, Table> tables = HashTreePMap.empty();
        for (ClassModel model : XenModel.CLASSES) {
            if (model.stored()) {
                tables = tables.plus(model.name(), Table.EMPTY);
            }
        }
        return new State(0, tables, HashTreePMap.empty());
    }

    /** The objects of a class, and where to find them by uuid, by name and by the number of their last change. */
    record Table(
            PMap<String, Stored> rows,
            PMap<String, String> byUuid,
            PMap<String, PMap<String, Boolean>> byName,
            TreePMap<Long, String> byModified) {
        static final Table EMPTY =
                new Table(HashTreePMap.empty(), HashTreePMap.empty(), HashTreePMap.empty(), TreePMap.empty());

        Table plus(Stored stored) {
            Stored old = rows.get(stored.ref().value());
            Table base = old == null ? this : unindexed(old);
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
            return new Table(base.rows.plus(ref, stored), uuids, names, base.byModified.plus(stored.modified(), ref));
        }

        Table minus(Stored stored) {
            Table base = unindexed(stored);
            return new Table(base.rows.minus(stored.ref().value()), base.byUuid, base.byName, base.byModified);
        }

        /** The same rows with another version of one whose uuid and name are unchanged. */
        Table replaced(Stored stored) {
            String ref = stored.ref().value();
            TreePMap<Long, String> modified =
                    byModified.minus(rows.get(ref).modified()).plus(stored.modified(), ref);
            return new Table(rows.plus(ref, stored), byUuid, byName, modified);
        }

        private Table unindexed(Stored old) {
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
            return new Table(rows, uuids, names, byModified.minus(old.modified()));
        }

        private static String text(Row row, String fieldName) {
            Field<?> field = row.model().field(fieldName);
            return field == null ? null : (String) row.get(field.index());
        }
    }

    Table table(ClassModel model) {
        Table table = tables.get(model.name());
        return table == null ? Table.EMPTY : table;
    }

    State with(ClassModel model, Table table) {
        return new State(sequence, tables.plus(model.name(), table), classes);
    }

    State classOf(String ref, ClassModel model) {
        return new State(sequence, tables, model == null ? classes.minus(ref) : classes.plus(ref, model));
    }

    State at(long newSequence) {
        return new State(newSequence, tables, classes);
    }

    @Override
    public Optional<Stored> find(ClassModel model, Ref<?> ref) {
        return Optional.ofNullable(table(model).rows.get(ref.value()));
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(Ref<?> ref, Field<T> field) {
        Table table = tables.get(field.className());
        Stored stored = table == null ? null : table.rows.get(ref.value());
        if (stored == null) {
            throw Errors.handleInvalid(field.className(), ref.value());
        }
        return (T) stored.row().get(field.index());
    }

    @Override
    public Collection<Stored> all(ClassModel model) {
        return table(model).rows.values();
    }

    @Override
    public Collection<Stored> modifiedAfter(ClassModel model, long sequence) {
        Table table = table(model);
        if (table.byModified.isEmpty() || table.byModified.lastKey() <= sequence) {
            return List.of();
        }
        List<Stored> changed = new ArrayList<>();
        table.byModified.tailMap(sequence, false).values().forEach(ref -> changed.add(table.rows.get(ref)));
        return changed;
    }

    @Override
    public int count(ClassModel model) {
        return table(model).rows.size();
    }

    @Override
    public Optional<Stored> byUuid(ClassModel model, String uuid) {
        Table table = table(model);
        String ref = table.byUuid.get(uuid);
        return ref == null ? Optional.empty() : Optional.ofNullable(table.rows.get(ref));
    }

    @Override
    public List<Ref<?>> byNameLabel(ClassModel model, String nameLabel) {
        PMap<String, Boolean> refs = table(model).byName.get(nameLabel);
        if (refs == null) {
            return List.of();
        }
        Table table = table(model);
        return refs.keySet().stream().<Ref<?>>map(r -> table.rows.get(r).ref()).toList();
    }

    @Override
    public Optional<ClassModel> classOf(Ref<?> ref) {
        return Optional.ofNullable(classes.get(ref.value()));
    }
}
