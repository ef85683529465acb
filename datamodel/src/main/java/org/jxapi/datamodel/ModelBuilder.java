package org.jxapi.datamodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the model of a class: first its fields in the order of a record, then its explicit messages, then the class. The
 * generated classes are calls of it.
 *
 * @param <C> the generated class that has the keys of the fields
 */
public final class ModelBuilder<C> {
    private final String className;
    private final List<Field<C, ?>> fields = new ArrayList<>();
    private final List<MessageModel> messages = new ArrayList<>();
    private boolean database;
    private boolean persist;
    private boolean events;
    private Set<String> lookups = Set.of();
    private BuiltInRole readRole = BuiltInRole.READ_ONLY;
    private @Nullable BuiltInRole constructorRole;

    /** The class as the XenAPI spells it. */
    public ModelBuilder(String className) {
        this.className = className;
    }

    /** The next field. */
    public <T> FieldBuilder<C, T> field(String name, Type type, Field.Access access) {
        return new FieldBuilder<>(className, name, fields.size(), type, access, fields::add);
    }

    /** The next message, with the least role that may call it. */
    public MessageBuilder message(String name, Type result, BuiltInRole role) {
        return new MessageBuilder(className, name, result, role, messages::add);
    }

    /** Its objects live in XAPI's database. */
    public ModelBuilder<C> database() {
        database = true;
        return this;
    }

    /** Its objects outlive the daemon. */
    public ModelBuilder<C> persist() {
        persist = true;
        return this;
    }

    /** Changes of its objects are announced. */
    public ModelBuilder<C> events() {
        events = true;
        return this;
    }

    public ModelBuilder<C> lookups(String... names) {
        lookups = Set.of(names);
        return this;
    }

    /** The least role that may look objects up; without it, all may. */
    public ModelBuilder<C> readRole(BuiltInRole role) {
        readRole = role;
        return this;
    }

    /** The least role that may create and destroy objects; without it, no message does so directly. */
    public ModelBuilder<C> constructorRole(BuiltInRole role) {
        constructorRole = role;
        return this;
    }

    /** The model of the class. */
    public ClassModel<C> build(Lifecycle.State state, String... transitions) {
        Lifecycle lifecycle = Lifecycle.of(state, transitions);
        ImplicitMessages implicit = new ImplicitMessages(lookups, readRole, constructorRole);
        List<MessageModel> all = new ArrayList<>(messages);
        all.addAll(implicit.of(className, lifecycle, database ? fields : List.of()));
        return new ClassModel<>(className, database, persist, events, lifecycle, fields, all, implicit);
    }
}
