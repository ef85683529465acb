package org.jxapi.store;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;

/**
 * The change of one object by one transaction, with the object before and after.
 *
 * @param before null when there was no such object
 * @param now null when there is none any more
 * @param number the number of the last change to it
 */
record ObjectChange<C>(
        ClassModel<C> model,
        Ref<C> ref,
        @Nullable Stored<C> before,
        @Nullable Stored<C> now,
        long number) {

    /** An object is there that was not. */
    static <C> ObjectChange<C> made(Stored<C> stored) {
        return new ObjectChange<>(stored.row().model(), stored.ref(), null, stored, stored.modified());
    }

    /** The same object after a further change. */
    ObjectChange<C> followedBy(@Nullable Stored<C> later, long laterNumber) {
        return new ObjectChange<>(model, ref, before, later, laterNumber);
    }

    /** The number of the change that made the object. */
    long created() {
        return before == null ? number : before.created();
    }

    /** Whether anybody can tell that it happened. An object that one transaction made and removed leaves no trace. */
    boolean leavesTrace() {
        return before != null || now != null;
    }

    /** Whether a row of the database follows from it; sessions have none. */
    boolean changesTable() {
        if (model.name().equals(Schema.SESSION)) {
            return false;
        }
        if (before == null || now == null) {
            return before != now;
        }
        return before.created() != now.created()
                || changes(before, now).keySet().stream().anyMatch(Relations::stored);
    }

    /** The line of the change log, and the event. */
    ChangeLog.Change announcement() {
        ChangeLog.Kind kind =
                now == null ? ChangeLog.Kind.DEL : before == null ? ChangeLog.Kind.ADD : ChangeLog.Kind.MOD;
        return new ChangeLog.Change(number, model, ref, kind, now == null ? null : now.row());
    }

    /** All that another replica needs to make the same change. */
    Effect effect() {
        if (now == null) {
            return new Effect.Remove<>(model, ref, number);
        }
        if (before == null || before.created() != now.created()) {
            return new Effect.Put<>(ref, now.row(), now.created(), number);
        }
        return new Effect.Modify<>(model, ref, changes(before, now), number);
    }

    private static <C> Map<Field<C, ?>, Object> changes(Stored<C> before, Stored<C> now) {
        Map<Field<C, ?>, Object> changes = new LinkedHashMap<>();
        if (before.row() != now.row()) {
            for (Field<C, ?> field : now.row().model().fields()) {
                Object value = now.row().get(field.index());
                if (!value.equals(before.row().get(field.index()))) {
                    changes.put(field, value);
                }
            }
        }
        return changes;
    }
}
