package org.jxapi.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.FreshIds;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/**
 * Executes a transaction on top of a state. Every change gets the next sequence number. References, UUIDs, derived sets and
 * times come in here: {@link #entry} has none of the questions any more, only the answers.
 */
final class StateTransaction extends StateView implements Transaction {
    private final State base;
    private final Map<String, ObjectChange<?>> changes = new LinkedHashMap<>();
    private Set<String> fresh = new LinkedHashSet<>();
    private State state;

    StateTransaction(State base) {
        this.base = base;
        this.state = base;
    }

    @Override
    State state() {
        return state;
    }

    /** The effects; nothing if they leave no trace. The numbers after the last trace are free to be given again. */
    Optional<Entry> entry(long term) {
        List<Effect> effects = changes.values().stream()
                .filter(ObjectChange::leavesTrace)
                .sorted(Comparator.comparingLong(ObjectChange::number))
                .map(ObjectChange::effect)
                .toList();
        if (effects.isEmpty()) {
            return Optional.empty();
        }
        long last = effects.get(effects.size() - 1).number();
        return Optional.of(new Entry(term, base.sequence() + 1, last, effects));
    }

    /** The changes since the last call of this method, one for each object. */
    List<ChangeLog.Change> takeFresh() {
        List<ChangeLog.Change> taken = fresh.stream()
                .map(ref -> Objects.requireNonNull(changes.get(ref)))
                .filter(ObjectChange::leavesTrace)
                .map(ObjectChange::announcement)
                .toList();
        fresh = new LinkedHashSet<>();
        return taken;
    }

    @Override
    public <C> Ref<C> create(Row<C> row) {
        Ref<C> ref = row.model().freshRef();
        create(ref, row);
        return ref;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <C> void create(Ref<C> ref, Row<C> given) {
        if (state.classOf(ref.value()).isPresent() || ref.isNull()) {
            throw new IllegalArgumentException("reference is taken: " + ref);
        }
        ClassModel<C> model = given.model();
        Row<C> row = given;
        Field<C, String> uuid = (Field<C, String>) model.field("uuid");
        if (uuid != null && row.get(uuid).isEmpty()) {
            row = row.with(uuid, FreshIds.uuid(model.name()).toString());
        }
        if (uuid != null && state.byUuid(model, row.get(uuid)).isPresent()) {
            throw Errors.uuidInvalid(model.name(), row.get(uuid));
        }
        put(ref, null, row);
        for (Field<C, ?> field : model.fields()) {
            follow(field, ref, field.type().zero(), row.get(field));
        }
    }

    @Override
    public <C, T> void set(Ref<C> ref, Field<C, T> field, T value) {
        Stored<C> old = stored(ref);
        Row<C> row = old.row().with(field, value);
        if (row == old.row()) {
            return;
        }
        put(ref, old, row);
        follow(field, ref, old.row().get(field), value);
    }

    @Override
    public <C> boolean update(Ref<C> ref, UnaryOperator<Row<C>> change) {
        Optional<Stored<C>> old = state.find(ref);
        old.ifPresent(stored -> replace(stored, change.apply(stored.row())));
        return old.isPresent();
    }

    private <C> void replace(Stored<C> old, Row<C> row) {
        List<Field<C, ?>> changed = new ArrayList<>();
        for (Field<C, ?> field : row.model().fields()) {
            Object before = old.row().get(field.index());
            Object after = row.get(field.index());
            if (before != after && !before.equals(after)) {
                changed.add(field);
            }
        }
        if (changed.isEmpty()) {
            return;
        }
        put(old.ref(), old, row);
        for (Field<C, ?> field : changed) {
            follow(field, old.ref(), old.row().get(field), row.get(field));
        }
    }

    @Override
    public void touch(Ref<?> ref) {
        touched(ref);
    }

    private <C> void touched(Ref<C> ref) {
        Stored<C> old = stored(ref);
        put(ref, old, old.row());
    }

    @Override
    public void destroy(Ref<?> ref) {
        remove(ref);
    }

    private <C> void remove(Ref<C> ref) {
        Stored<C> old = stored(ref);
        ClassModel<C> model = old.row().model();
        for (Field<C, ?> field : model.fields()) {
            if (!Relations.derived(field)) {
                follow(field, ref, old.row().get(field), field.type().zero());
            }
        }
        Stored<C> latest = state.find(ref).orElse(old);
        state = state.remove(latest);
        changed(model, ref, latest, null, next());
    }

    private <C> void put(Ref<C> ref, @Nullable Stored<C> old, Row<C> row) {
        long number = next();
        Stored<C> now = new Stored<>(ref, row, old == null ? number : old.created(), number);
        state = state.put(old, now);
        changed(row.model(), ref, old, now, number);
    }

    /** A change is kept under its own reference, so it has the reference's class. */
    @SuppressWarnings("unchecked")
    private <C> void changed(
            ClassModel<C> model, Ref<C> ref, @Nullable Stored<C> before, @Nullable Stored<C> now, long number) {
        ObjectChange<C> known = (ObjectChange<C>) changes.get(ref.value());
        changes.put(
                ref.value(),
                known == null ? new ObjectChange<>(model, ref, before, now, number) : known.followedBy(now, number));
        fresh.add(ref.value());
    }

    private long next() {
        state = state.at(state.sequence() + 1);
        return state.sequence();
    }

    /** Keeps the other end of a relation true when this end goes from one value to another. */
    private void follow(Field<?, ?> field, Ref<?> self, @Nullable Object before, @Nullable Object after) {
        Field<?, ?> end = Relations.otherEnd(field);
        if (end == null || Objects.equals(before, after) || !(end.type() instanceof Type.SetOf)) {
            return;
        }
        List<?> left = references(before);
        List<?> joined = references(after);
        for (Object ref : left) {
            if (!joined.contains(ref)) {
                member(end, (Ref<?>) ref, self, false);
            }
        }
        for (Object ref : joined) {
            if (!left.contains(ref)) {
                member(end, (Ref<?>) ref, self, true);
            }
        }
    }

    private static List<?> references(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        return value instanceof Ref<?> ref && !ref.isNull() ? List.of(ref) : List.of();
    }

    private <C> void member(Field<C, ?> set, Ref<?> owner, Ref<?> member, boolean present) {
        Optional<Stored<C>> found =
                owner.isNull() ? Optional.empty() : state.find(XenModel.of(set).cast(owner));
        found.ifPresent(old -> member(set, old, member, present));
    }

    @SuppressWarnings("unchecked")
    private <C> void member(Field<C, ?> set, Stored<C> owner, Ref<?> member, boolean present) {
        Field<C, List<Ref<?>>> references = (Field<C, List<Ref<?>>>) set;
        List<Ref<?>> members = new ArrayList<>(owner.row().get(references));
        if (present == members.contains(member)) {
            return;
        }
        if (present) {
            members.add(member);
        } else {
            members.remove(member);
        }
        put(owner.ref(), owner, owner.row().with(references, List.copyOf(members)));
    }
}
