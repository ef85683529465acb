package org.jxapi.datamodel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A class of the XenAPI: its fields and messages, explicit and implicit.
 *
 * @param <C> the generated class that has the keys of its fields
 */
public final class ClassModel<C> {
    private final String name;
    private final boolean database;
    private final boolean persist;
    private final boolean events;
    private final Lifecycle lifecycle;
    private final ImplicitMessages implicit;
    private final List<Field<C, ?>> fields;
    private final List<Field<C, ?>> publicFields;
    private final Map<String, Field<C, ?>> fieldsByName;
    private final Map<String, Field<C, ?>> fieldsByColumn;
    private final List<MessageModel> messages;
    private final Map<String, MessageModel> messagesByName;

    /** @param messages the explicit messages, then those that follow from the fields */
    ClassModel(
            String name,
            boolean database,
            boolean persist,
            boolean events,
            Lifecycle lifecycle,
            List<Field<C, ?>> fields,
            List<MessageModel> messages,
            ImplicitMessages implicit) {
        this.name = name;
        this.database = database;
        this.persist = persist;
        this.events = events;
        this.lifecycle = lifecycle;
        this.implicit = implicit;
        this.fields = List.copyOf(fields);
        this.publicFields = fields.stream().filter(f -> !f.internal()).toList();
        Map<String, Field<C, ?>> byName = new LinkedHashMap<>();
        Map<String, Field<C, ?>> byColumn = new LinkedHashMap<>();
        for (Field<C, ?> field : fields) {
            byName.put(field.name(), field);
            byColumn.put(field.column(), field);
        }
        this.fieldsByName = Collections.unmodifiableMap(byName);
        this.fieldsByColumn = Collections.unmodifiableMap(byColumn);
        this.messages = List.copyOf(messages);
        Map<String, MessageModel> byMessage = new LinkedHashMap<>();
        for (MessageModel message : messages) {
            byMessage.put(message.name(), message);
        }
        this.messagesByName = Collections.unmodifiableMap(byMessage);
    }

    /** The name as the XenAPI spells it: {@code VM}, {@code host}, {@code VM_guest_metrics}. */
    public String name() {
        return name;
    }

    /** Whether its objects are in XAPI's database. Such classes have getters, and event.from counts their objects. */
    public boolean database() {
        return database;
    }

    /** Whether the store has its objects. The server computes others on request. It stores messages, although XAPI does not. */
    public boolean stored() {
        return database || persist;
    }

    /** Whether its objects outlive the daemon. */
    public boolean persist() {
        return persist;
    }

    /** Whether changes of its objects are announced as events. */
    public boolean events() {
        return events;
    }

    public Lifecycle lifecycle() {
        return lifecycle;
    }

    /** How the messages that follow from the fields are made. */
    public ImplicitMessages implicit() {
        return implicit;
    }

    /** All fields, in the order of a record; internal ones last. */
    public List<Field<C, ?>> fields() {
        return fields;
    }

    /** The fields of a published record, in its order. */
    public List<Field<C, ?>> publicFields() {
        return publicFields;
    }

    /** The field of that name, or null. */
    public @Nullable Field<C, ?> field(String fieldName) {
        return fieldsByName.get(fieldName);
    }

    /** The field of that name, which the class must have. */
    public Field<C, ?> requireField(String fieldName) {
        return Objects.requireNonNull(field(fieldName), () -> name + " has no field " + fieldName);
    }

    /** The field that queries name so ({@code name__label}), or null. */
    public @Nullable Field<C, ?> fieldByColumn(String column) {
        return fieldsByColumn.get(column);
    }

    public List<MessageModel> messages() {
        return messages;
    }

    /** The message of that name, or null. */
    public @Nullable MessageModel message(String messageName) {
        return messagesByName.get(messageName);
    }

    /** The reference to one of its objects that is written as {@code text}; the empty string is the null reference too. */
    public Ref<C> ref(String text) {
        return Ref.of(name, text);
    }

    /** A reference that no object has yet. */
    public Ref<C> freshRef() {
        return Ref.fresh(name);
    }

    /** The same reference with its type; IllegalArgumentException when it is one of another class. */
    @SuppressWarnings("unchecked")
    public Ref<C> cast(Ref<?> ref) {
        if (!ref.className().equals(name)) {
            throw new IllegalArgumentException("a reference to a " + ref.className() + ", not a " + name + ": " + ref);
        }
        return (Ref<C>) ref;
    }

    @Nullable
    Object[] defaults() {
        @Nullable Object[] values = new Object[fields.size()];
        for (Field<C, ?> field : fields) {
            values[field.index()] = field.defaultValue();
        }
        return values;
    }

    @Override
    public String toString() {
        return name;
    }
}
