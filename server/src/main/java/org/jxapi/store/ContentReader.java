package org.jxapi.store;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;

/** Reads all objects from the database, completes the sets that it does not keep, and checks the sums. */
final class ContentReader {
    private ContentReader() {}

    static Content read(DatabaseReader database) throws SQLException {
        Seals seals = new Seals();
        List<LoggedChange> log = database.changeLog(seals);
        Map<String, Long> changed = new HashMap<>();
        log.forEach(line -> changed.merge(line.ref(), line.sequence(), Math::max));
        List<Stored<?>> order = new ArrayList<>();
        for (ClassModel<?> model : Schema.classes()) {
            // A row's own number does not count what changed of its derived fields alone; the log's does.
            database.read(model, seals, stored -> {
                long last = Math.max(
                        stored.modified(), changed.getOrDefault(stored.ref().value(), 0L));
                order.add(changed(stored, last));
            });
        }
        order.sort(Comparator.comparingLong(Stored::created));
        long sequence = log.isEmpty() ? 0 : log.get(log.size() - 1).sequence();
        for (Stored<?> stored : order) {
            sequence = Math.max(sequence, stored.modified());
        }
        DatabaseReader.Written written = database.written();
        seals.takeTouched();
        return new Content(
                database.layout(),
                state(order).at(sequence),
                log,
                seals,
                sequence,
                written.at(),
                written.hash(),
                written.seals().isEmpty() ? List.of("seal") : seals.differing(written.seals()));
    }

    /** The state with these objects, in the order in which they were made. */
    static State state(List<Stored<?>> order) {
        Map<String, Map<Field<?, ?>, List<Ref<?>>>> sets = new HashMap<>();
        for (Stored<?> stored : order) {
            for (Field<?, ?> field : stored.row().model().fields()) {
                Field<?, ?> end = Relations.otherEnd(field);
                if (end != null && Relations.derived(end) && field.type() instanceof Type.Reference) {
                    Ref<?> owner = (Ref<?>) stored.row().get(field.index());
                    sets.computeIfAbsent(owner.value(), r -> new HashMap<>())
                            .computeIfAbsent(end, e -> new ArrayList<>())
                            .add(stored.ref());
                }
            }
        }
        State state = State.EMPTY;
        for (Stored<?> stored : order) {
            state = state.put(
                    null, complete(stored, sets.getOrDefault(stored.ref().value(), Map.of())));
        }
        return state;
    }

    private static <C> Stored<C> changed(Stored<C> stored, long last) {
        return new Stored<>(stored.ref(), stored.row(), stored.created(), last);
    }

    @SuppressWarnings("unchecked")
    private static <C> Stored<C> complete(Stored<C> stored, Map<Field<?, ?>, List<Ref<?>>> sets) {
        Row<C> row = stored.row();
        for (Map.Entry<Field<?, ?>, List<Ref<?>>> set : sets.entrySet()) {
            if (set.getKey().className().equals(row.model().name())) {
                row = row.with((Field<C, List<Ref<?>>>) set.getKey(), List.copyOf(set.getValue()));
            }
        }
        return new Stored<>(stored.ref(), row, stored.created(), stored.modified());
    }
}
