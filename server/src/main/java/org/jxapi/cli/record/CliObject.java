package org.jxapi.cli.record;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;

/** An object as the command line shows it. */
public final class CliObject {
    /** The text in lists for a value that takes a call of its own. */
    private static final String EXPENSIVE = "<expensive field>";

    private final RecordKind kind;
    private final ApiObject object;

    public CliObject(Api api, RecordKind kind, Ref<?> ref, Row<?> row) {
        this.kind = kind;
        this.object = new ApiObject(api, ref, row);
    }

    /** All objects of the kind's class. */
    public static List<CliObject> all(Api api, RecordKind kind) {
        return api.records(kind.model()).entrySet().stream()
                .map(e -> new CliObject(api, kind, e.getKey(), e.getValue()))
                .toList();
    }

    public static CliObject of(Api api, RecordKind kind, Ref<?> ref) {
        return new CliObject(api, kind, ref, api.record(kind.model(), ref));
    }

    public RecordKind kind() {
        return kind;
    }

    public Ref<?> ref() {
        return object.ref();
    }

    public Row<?> row() {
        return object.row();
    }

    /** One value; IllegalArgumentException when the object is of another class. */
    public <C, T> T get(Field<C, T> field) {
        return object.get(field);
    }

    Api api() {
        return object.api();
    }

    public String uuid() {
        return text(kind.need("uuid"));
    }

    /** The field's value on one line. */
    public String text(RecordField field) {
        try {
            return value(field).map(v -> Values.joined(v, separator(field))).orElse(field.absent());
        } catch (XenApiException e) {
            if (e.code().equals("HANDLE_INVALID")) {
                return "<invalid reference>";
            }
            throw e;
        }
    }

    public String text(String fieldName) {
        return text(kind.need(fieldName));
    }

    /** A set's members; none when the value is not there. */
    @SuppressWarnings("unchecked")
    public List<String> members(RecordField field) {
        return (List<String>) value(field).orElse(List.of());
    }

    /** A map's entries; none when the value is not there. */
    @SuppressWarnings("unchecked")
    public Map<String, String> entries(RecordField field) {
        return (Map<String, String>) value(field).orElse(Map.of());
    }

    /** The label and the value, for a record. */
    public Map.Entry<String, String> shown(RecordField field) {
        return Map.entry(field.label(), text(field));
    }

    /** As {@link #shown}, without making calls. */
    public Map.Entry<String, String> listed(RecordField field) {
        return Map.entry(field.label(), field.has("expensive") ? EXPENSIVE : text(field));
    }

    private static String separator(RecordField field) {
        return field.has("comma") ? ", " : "; ";
    }

    private Optional<Object> value(RecordField field) {
        Field<?, ?> stored = field.field();
        if (stored == null) {
            return Optional.of(ComputedFields.value(object, field));
        }
        return holder(field)
                .map(row -> Values.of(object.api(), stored.type(), row.get(stored.index()), field.has("name")));
    }

    /** The row that holds the field: of this object, or of the one that a reference leads to, if that exists. */
    private Optional<? extends Row<?>> holder(RecordField field) {
        Field<?, ?> through = field.through();
        return through == null
                ? Optional.of(object.row())
                : object.api().neighbour((Ref<?>) object.row().get(through.index()));
    }
}
