package org.jxapi.store;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;

/**
 * A number that is the same for equal states, and almost certainly another one for others. It is the sum of the hashes of
 * all cells: class, reference, field and value. So it does not depend on an order, and a change costs only its own fields.
 * A field with its type's zero counts nothing, so a field that a later version adds leaves the hash as it is. It detects
 * faults, not forgery.
 *
 * @param kept over what the database keeps, which a start reads again
 * @param live over what is in memory only: sessions, fields that are not kept, derived sets without their order, and the
 *     numbers of the last changes
 */
record StateHash(long kept, long live) {
    /** The hash of a state without objects. */
    static final StateHash NONE = new StateHash(0, 0);

    /** The number of this way to compute it. Hashes of different versions are not compared. */
    static final int VERSION = 1;

    private static final long SEED = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    /** Computes it from all objects. */
    static StateHash of(Snapshot state) {
        Sum sum = new Sum();
        for (ClassModel<?> model : StoreModel.CLASSES) {
            state.all(model).forEach(stored -> sum.addAll(stored, 1));
        }
        return sum.after(NONE);
    }

    /** The hash after the change of an object. */
    StateHash plus(ObjectChange<?> change) {
        Sum sum = new Sum();
        Stored<?> before = change.before();
        Stored<?> now = change.now();
        if (before != null && now != null && before.created() == now.created()) {
            sum.replace(before, now);
        } else {
            if (before != null) {
                sum.addAll(before, -1);
            }
            if (now != null) {
                sum.addAll(now, 1);
            }
        }
        return sum.after(this);
    }

    private static final class Sum {
        private long kept;
        private long live;

        StateHash after(StateHash hash) {
            return new StateHash(hash.kept + kept, hash.live + live);
        }

        void addAll(Stored<?> stored, int sign) {
            long seed = seed(stored);
            add(keptClass(stored), sign * cell(seed, "_created", Long.toString(stored.created())));
            add(false, sign * cell(seed, "_modified", Long.toString(stored.modified())));
            for (Field<?, ?> field : stored.row().model().fields()) {
                Object value = stored.row().get(field.index());
                if (Relations.derived(field)) {
                    members(seed, field, (List<?>) value, sign);
                } else {
                    value(seed, stored, field, value, sign);
                }
            }
        }

        /** Replaces a version of an object by a later one, which was made by the same change. */
        void replace(Stored<?> before, Stored<?> now) {
            long seed = seed(now);
            add(false, -cell(seed, "_modified", Long.toString(before.modified())));
            add(false, cell(seed, "_modified", Long.toString(now.modified())));
            if (before.row() == now.row()) {
                return;
            }
            for (Field<?, ?> field : now.row().model().fields()) {
                Object old = before.row().get(field.index());
                Object value = now.row().get(field.index());
                if (old == value || Objects.equals(old, value)) {
                    continue;
                }
                if (Relations.derived(field)) {
                    replace(seed, field, (List<?>) old, (List<?>) value);
                } else {
                    value(seed, now, field, old, -1);
                    value(seed, now, field, value, 1);
                }
            }
        }

        /** Most sets gain or lose one member: the same ones at both ends need no hash. */
        private void replace(long seed, Field<?, ?> field, List<?> old, List<?> now) {
            int shorter = Math.min(old.size(), now.size());
            int head = 0;
            while (head < shorter && old.get(head).equals(now.get(head))) {
                head++;
            }
            int tail = 0;
            while (tail < shorter - head && old.get(old.size() - 1 - tail).equals(now.get(now.size() - 1 - tail))) {
                tail++;
            }
            members(seed, field, old.subList(head, old.size() - tail), -1);
            members(seed, field, now.subList(head, now.size() - tail), 1);
        }

        private void members(long seed, Field<?, ?> field, List<?> members, int sign) {
            for (Object member : members) {
                add(false, sign * cell(seed, field.name(), ((Ref<?>) member).value()));
            }
        }

        private void value(long seed, Stored<?> stored, Field<?, ?> field, @Nullable Object value, int sign) {
            if (value == null || value.equals(field.type().zero()) || isZero(value)) {
                return;
            }
            String text = Columns.toColumn(field.type(), value).toString();
            add(keptClass(stored) && Relations.stored(field), sign * cell(seed, field.name(), text));
        }

        /** The database knows one zero. */
        private static boolean isZero(Object value) {
            return value instanceof Double number && number == 0;
        }

        private static boolean keptClass(Stored<?> stored) {
            return !stored.row().model().name().equals(Schema.SESSION);
        }

        private void add(boolean inDatabase, long hash) {
            if (inDatabase) {
                kept += hash;
            } else {
                live += hash;
            }
        }

        private static long seed(Stored<?> stored) {
            return text(text(SEED, stored.row().model().name()), stored.ref().value());
        }

        private static long cell(long seed, String field, String value) {
            return mixed(text(text(seed, field), value));
        }

        /** FNV-1a over characters, and one that is no character, so that texts do not run into each other. */
        private static long text(long seed, String text) {
            long hash = seed;
            for (int i = 0; i < text.length(); i++) {
                hash = (hash ^ text.charAt(i)) * PRIME;
            }
            return (hash ^ 0x10000) * PRIME;
        }

        /** The finish of splitmix64: sums of unmixed hashes would be linear in the characters. */
        private static long mixed(long value) {
            long z = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
            z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
            return z ^ z >>> 31;
        }
    }
}
