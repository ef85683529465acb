package org.jxapi.cli.record;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.cli.thin.Nearest;
import org.jxapi.datamodel.ClassModel;

/**
 * A kind of objects, such as vm, template and snapshot, which are all of class VM.
 *
 * @param fields in the order in which they are shown
 * @param where the values that fields of its objects have
 * @param shown the fields of a list when nothing else is asked for; empty for all
 */
public record RecordKind(
        String name, ClassModel<?> model, List<RecordField> fields, Map<String, String> where, List<String> shown) {
    /** The field of that name. */
    public Optional<RecordField> field(String fieldName) {
        return fields.stream().filter(f -> f.name().equals(fieldName)).findFirst();
    }

    /** The field of that name; the error that XAPI gives when there is none. */
    public RecordField need(String fieldName) {
        return field(fieldName).orElseThrow(() -> new UnknownFieldException(fieldName, question(fieldName)));
    }

    /** Asks whether a field of a similar name is meant; empty when there is none. */
    public String question(String fieldName) {
        return Nearest.question(
                fieldName,
                fields.stream()
                        .filter(f -> !f.has("hidden"))
                        .map(RecordField::name)
                        .toList());
    }
}
