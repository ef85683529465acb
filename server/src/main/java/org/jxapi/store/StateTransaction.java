package org.jxapi.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
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

    /** What became of one object, for the database and the change log. */
    static final class Effect {
        final ClassModel model;
        final Ref<?> ref;
        final boolean existed;
        long sequence;
        Stored now;
        Stored before;
        boolean storedFieldsChanged;

        Effect(ClassModel model, Ref<?> ref, Stored before) {
            this.model = model;
            this.ref = ref;
            this.before = before;
            this.existed = before != null;
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
    private final Map<String, Effect> effects = new LinkedHashMap<>();
    private Map<String, Effect> fresh = new LinkedHashMap<>();

    StateTransaction(State base) {
        this.state = base;
    }

    State state() {
        return state;
    }

    Collection<Effect> effects() {
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
        for (Effect effect : fresh.values()) {
            if (effect.leavesTrace()) {
                changes.add(change(effect));
            }
        }
        fresh = new LinkedHashMap<>();
        return changes;
    }

    static ChangeLog.Change change(Effect effect) {
        ChangeLog.Kind kind =
                effect.now == null ? ChangeLog.Kind.DEL : effect.existed ? ChangeLog.Kind.MOD : ChangeLog.Kind.ADD;
        Row row = effect.now == null ? null : effect.now.row();
        return new ChangeLog.Change(effect.sequence, effect.model, effect.ref, kind, row);
    }

    @Override
    public <C> Ref<C> create(ClassModel model, Row row) {
        Ref<C> ref = Ref.fresh();
        create(model, ref, row);
        return ref;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void create(ClassModel model, Ref<?> ref, Row given) {
        if (state.classOf(ref).isPresent() || ref.isNull()) {
            throw new IllegalArgumentException("reference is taken: " + ref);
        }
        Row row = given;
        Field<String> uuid = (Field<String>) model.field("uuid");
        if (uuid != null && row.get(uuid).isEmpty()) {
            row = row.with(uuid, UUID.randomUUID().toString());
        }
        if (uuid != null && state.byUuid(model, row.get(uuid)).isPresent()) {
            throw Errors.uuidInvalid(model.name(), row.get(uuid));
        }
        state = state.classOf(ref.value(), model);
        put(model, ref, null, row, true);
        for (Field<?> field : model.fields()) {
            follow(field, ref, field.type().zero(), row.get(field.index()));
        }
    }

    @Override
    public <T> void set(Ref<?> ref, Field<T> field, T value) {
        ClassModel model = XenModel.get(field.className());
        Stored old = state.find(model, ref).orElseThrow(() -> Errors.handleInvalid(model.name(), ref.value()));
        Row row = old.row().with(field, value);
        if (row == old.row()) {
            return;
        }
        put(model, ref, old, row, Relations.stored(field));
        follow(field, ref, old.row().get(field.index()), value);
    }

    @Override
    public void touch(ClassModel model, Ref<?> ref) {
        Stored old = state.find(model, ref).orElseThrow(() -> Errors.handleInvalid(model.name(), ref.value()));
        put(model, ref, old, old.row(), false);
    }

    @Override
    public void destroy(ClassModel model, Ref<?> ref) {
        Stored old = state.find(model, ref).orElseThrow(() -> Errors.handleInvalid(model.name(), ref.value()));
        for (Field<?> field : model.fields()) {
            if (!Relations.derived(field)) {
                follow(field, ref, old.row().get(field.index()), field.type().zero());
            }
        }
        Stored latest = state.find(model, ref).orElse(old);
        Effect effect = effect(model, ref, latest);
        state = state.with(model, state.table(model).minus(latest)).classOf(ref.value(), null);
        effect.now = null;
        effect.sequence = next();
    }

    private void put(ClassModel model, Ref<?> ref, Stored old, Row row, boolean storedField) {
        Effect effect = effect(model, ref, old);
        long sequence = next();
        Stored now = new Stored(ref, row, old == null ? sequence : old.created(), sequence);
        boolean sameKeys = old != null && sameKeys(old.row(), row);
        State.Table table = state.table(model);
        state = state.with(model, sameKeys ? table.replaced(now) : table.plus(now));
        effect.now = now;
        effect.sequence = sequence;
        effect.storedFieldsChanged |= storedField;
    }

    private static boolean sameKeys(Row a, Row b) {
        for (String key : List.of("uuid", "name_label")) {
            Field<?> field = a.model().field(key);
            if (field != null && !a.get(field.index()).equals(b.get(field.index()))) {
                return false;
            }
        }
        return true;
    }

    private Effect effect(ClassModel model, Ref<?> ref, Stored before) {
        Effect effect = effects.computeIfAbsent(ref.value(), r -> new Effect(model, ref, before));
        fresh.put(ref.value(), effect);
        return effect;
    }

    private long next() {
        state = state.at(state.sequence() + 1);
        return state.sequence();
    }

    /** Keeps the other end of a relation true when this end goes from one value to another. */
    private void follow(Field<?> field, Ref<?> self, Object before, Object after) {
        Field<?> end = Relations.otherEnd(field);
        if (end == null || before.equals(after) || !(end.type() instanceof Type.SetOf)) {
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

    private static List<?> references(Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        Ref<?> ref = (Ref<?>) value;
        return ref.isNull() ? List.of() : List.of(ref);
    }

    @SuppressWarnings("unchecked")
    private void member(Field<?> set, Ref<?> owner, Ref<?> member, boolean present) {
        ClassModel model = XenModel.get(set.className());
        Optional<Stored> found = state.find(model, owner);
        if (found.isEmpty()) {
            return;
        }
        Stored old = found.get();
        List<Ref<?>> members = new ArrayList<>((List<Ref<?>>) old.row().get(set.index()));
        if (present == members.contains(member)) {
            return;
        }
        if (present) {
            members.add(member);
        } else {
            members.remove(member);
        }
        Row row = old.row().with((Field<List<Ref<?>>>) set, List.copyOf(members));
        put(model, owner, old, row, Relations.stored(set));
    }

    @Override
    public long sequence() {
        return state.sequence();
    }

    @Override
    public Optional<Stored> find(ClassModel model, Ref<?> ref) {
        return state.find(model, ref);
    }

    @Override
    public <T> T get(Ref<?> ref, Field<T> field) {
        return state.get(ref, field);
    }

    @Override
    public Collection<Stored> all(ClassModel model) {
        return state.all(model);
    }

    @Override
    public Collection<Stored> modifiedAfter(ClassModel model, long sequence) {
        return state.modifiedAfter(model, sequence);
    }

    @Override
    public int count(ClassModel model) {
        return state.count(model);
    }

    @Override
    public Optional<Stored> byUuid(ClassModel model, String uuid) {
        return state.byUuid(model, uuid);
    }

    @Override
    public List<Ref<?>> byNameLabel(ClassModel model, String nameLabel) {
        return state.byNameLabel(model, nameLabel);
    }

    @Override
    public Optional<ClassModel> classOf(Ref<?> ref) {
        return state.classOf(ref);
    }
}
