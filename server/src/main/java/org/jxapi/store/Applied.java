package org.jxapi.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;

/**
 * An entry that has been applied.
 *
 * @param before the state that it was applied to
 * @param after the state after it
 * @param changes the changes of the objects, by number
 */
record Applied(Entry entry, HashedState before, HashedState after, List<ObjectChange<?>> changes) {

    /**
     * Applies an entry. The result follows from the two arguments alone.
     *
     * @throws IllegalStateException when the entry does not belong to this state
     */
    static Applied of(HashedState base, Entry entry) {
        if (entry.first() != base.number() + 1) {
            throw new IllegalStateException("the state is that of change " + base.number() + ", so an entry of changes "
                    + entry.first() + " to " + entry.last() + " cannot be applied to it");
        }
        State state = base.state();
        StateHash hash = base.hash();
        List<ObjectChange<?>> changes = new ArrayList<>(entry.effects().size());
        for (Effect effect : entry.effects()) {
            ObjectChange<?> change = change(state, effect);
            state = state.with(change);
            hash = hash.plus(change);
            changes.add(change);
        }
        return new Applied(entry, base, new HashedState(state.at(entry.last()), hash), List.copyOf(changes));
    }

    /** The number of the last change, which is that of the state after it. */
    long number() {
        return entry.last();
    }

    /** Whether the database has to hold any of it. */
    boolean changesTables() {
        return changes.stream().anyMatch(ObjectChange::changesTable);
    }

    private static ObjectChange<?> change(State state, Effect effect) {
        if (effect instanceof Effect.Put<?> put) {
            return put(state, put);
        }
        if (effect instanceof Effect.Modify<?> modify) {
            return modify(state, modify);
        }
        return remove(state, (Effect.Remove<?>) effect);
    }

    private static <C> ObjectChange<C> put(State state, Effect.Put<C> put) {
        Stored<C> now = new Stored<>(put.ref(), put.row(), put.created(), put.number());
        @Nullable Stored<C> before = state.find(put.ref()).orElse(null);
        return new ObjectChange<>(put.model(), put.ref(), before, now, put.number());
    }

    private static <C> ObjectChange<C> modify(State state, Effect.Modify<C> modify) {
        Stored<C> before = existing(state, modify.ref(), modify);
        Row<C> row = before.row();
        for (Map.Entry<Field<C, ?>, Object> field : modify.fields().entrySet()) {
            row = with(row, field.getKey(), field.getValue());
        }
        Stored<C> now = new Stored<>(modify.ref(), row, before.created(), modify.number());
        return new ObjectChange<>(modify.model(), modify.ref(), before, now, modify.number());
    }

    private static <C> ObjectChange<C> remove(State state, Effect.Remove<C> remove) {
        Stored<C> before = existing(state, remove.ref(), remove);
        return new ObjectChange<>(remove.model(), remove.ref(), before, null, remove.number());
    }

    private static <C> Stored<C> existing(State state, Ref<C> ref, Effect effect) {
        return state.find(ref)
                .orElseThrow(() -> new IllegalStateException("change " + effect.number() + " is of a "
                        + effect.model().name() + " that does not exist: " + ref));
    }

    /** The field's value has the field's type: the transaction took it from a row, or the codec read it so. */
    @SuppressWarnings("unchecked")
    private static <C, T> Row<C> with(Row<C> row, Field<C, T> field, Object value) {
        return row.with(field, (T) value);
    }
}
