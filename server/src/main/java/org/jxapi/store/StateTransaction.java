package org.jxapi.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;

/** A transaction on top of a state. Every change gets the next sequence number. */
final class StateTransaction implements Transaction {
    /** Its objects end with the daemon: the database has no table of them. */
    static final String SESSION = "session";

    /** The change of one object, for the database and the change log. */
    static final class Effect<C> {
        final ClassModel<C> model;
        final Ref<C> ref;
        final boolean existed;
        long sequence;

        @Nullable
        Stored<C> now;

        final @Nullable Stored<C> before;
        boolean storedFieldsChanged;

        Effect(ClassModel<C> model, Ref<C> ref, @Nullable Stored<C> before) {
            this.model = model;
            this.ref = ref;
            this.before = before;
            this.existed = before != null;
        }

        /** The effect that an object is there which was not. */
        static <C> Effect<C> made(Stored<C> stored) {
            Effect<C> effect = new Effect<>(stored.row().model(), stored.ref(), null);
            effect.now = stored;
            effect.sequence = stored.created();
            return effect;
        }

        /** The number of the change that made the object. */
        long created() {
            return before == null ? sequence : before.created();
        }

        /** Whether anybody can tell that it happened. */
        boolean leavesTrace() {
            return existed || now != null;
        }

        /** Whether a row of the database follows from it; sessions have none. */
        boolean changesTable() {
            boolean table = !model.name().equals(SESSION);
            return table && (now == null ? existed : !existed || storedFieldsChanged);
        }
    }

    private State state;
    private final Map<String, Effect<?>> effects = new LinkedHashMap<>();
    private Map<String, Effect<?>> fresh = new LinkedHashMap<>();

    StateTransaction(State base) {
        this.state = base;
    }

    State state() {
        return state;
    }

    Collection<Effect<?>> effects() {
        return effects.values();
    }

    /** The number of the last change that leaves a trace, 0 when none does: later numbers are free to be given again. */
    long lastLogged() {
        return effects.values().stream()
                .filter(Effect::leavesTrace)
                .mapToLong(effect -> effect.sequence)
                .max()
                .orElse(0);
    }

    /** Whether the database has to hold any of it. */
    boolean changesTables() {
        return effects.values().stream().anyMatch(Effect::changesTable);
    }

    /** The changes since the last call of this method, one for each object. */
    List<ChangeLog.Change> takeFresh() {
        List<ChangeLog.Change> changes = new ArrayList<>();
        for (Effect<?> effect : fresh.values()) {
            if (effect.leavesTrace()) {
                changes.add(change(effect));
            }
        }
        fresh = new LinkedHashMap<>();
        return changes;
    }

    static ChangeLog.Change change(Effect<?> effect) {
        ChangeLog.Kind kind =
                effect.now == null ? ChangeLog.Kind.DEL : effect.existed ? ChangeLog.Kind.MOD : ChangeLog.Kind.ADD;
        Row<?> row = effect.now == null ? null : effect.now.row();
        return new ChangeLog.Change(effect.sequence, effect.model, effect.ref, kind, row);
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
            row = row.with(uuid, UUID.randomUUID().toString());
        }
        if (uuid != null && state.byUuid(model, row.get(uuid)).isPresent()) {
            throw Errors.uuidInvalid(model.name(), row.get(uuid));
        }
        state = state.classOf(ref.value(), model);
        put(ref, null, row, true);
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
        put(ref, old, row, Relations.stored(field));
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
        put(old.ref(), old, row, changed.stream().anyMatch(Relations::stored));
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
        put(ref, old, old.row(), false);
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
        Effect<C> effect = effect(ref, latest, model);
        state = state.with(model, state.table(model).minus(latest)).withoutClassOf(ref.value());
        effect.now = null;
        effect.sequence = next();
    }

    private <C> void put(Ref<C> ref, @Nullable Stored<C> old, Row<C> row, boolean storedField) {
        ClassModel<C> model = row.model();
        Effect<C> effect = effect(ref, old, model);
        long sequence = next();
        Stored<C> now = new Stored<>(ref, row, old == null ? sequence : old.created(), sequence);
        State.Table<C> table = state.table(model);
        state = state.with(model, old != null && sameKeys(old.row(), row) ? table.replaced(old, now) : table.plus(now));
        effect.now = now;
        effect.sequence = sequence;
        effect.storedFieldsChanged |= storedField;
    }

    private static boolean sameKeys(Row<?> a, Row<?> b) {
        for (String key : List.of("uuid", "name_label")) {
            Field<?, ?> field = a.model().field(key);
            if (field != null && !a.get(field.index()).equals(b.get(field.index()))) {
                return false;
            }
        }
        return true;
    }

    /** An effect is kept under its own reference, so it has the reference's class. */
    @SuppressWarnings("unchecked")
    private <C> Effect<C> effect(Ref<C> ref, @Nullable Stored<C> before, ClassModel<C> model) {
        Effect<C> effect = (Effect<C>) effects.computeIfAbsent(ref.value(), r -> new Effect<>(model, ref, before));
        fresh.put(ref.value(), effect);
        return effect;
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
        put(owner.ref(), owner, owner.row().with(references, List.copyOf(members)), Relations.stored(set));
    }

    @Override
    public long sequence() {
        return state.sequence();
    }

    @Override
    public <C> Optional<Stored<C>> find(Ref<C> ref) {
        return state.find(ref);
    }

    @Override
    public <C, T> T get(Ref<C> ref, Field<C, T> field) {
        return state.get(ref, field);
    }

    @Override
    public <C> Collection<Stored<C>> all(ClassModel<C> model) {
        return state.all(model);
    }

    @Override
    public <C> Collection<Stored<C>> modifiedAfter(ClassModel<C> model, long sequence) {
        return state.modifiedAfter(model, sequence);
    }

    @Override
    public int count(ClassModel<?> model) {
        return state.count(model);
    }

    @Override
    public <C> Optional<Stored<C>> byUuid(ClassModel<C> model, String uuid) {
        return state.byUuid(model, uuid);
    }

    @Override
    public <C> List<Ref<C>> byNameLabel(ClassModel<C> model, String nameLabel) {
        return state.byNameLabel(model, nameLabel);
    }

    @Override
    public Optional<ClassModel<?>> classOf(String ref) {
        return state.classOf(ref);
    }
}
