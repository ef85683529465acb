package org.jxapi.vm;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.query.DbText;
import org.jxapi.xenapi.VM;

/**
 * The text of VM.snapshot_metadata: the record that the VM had, as XAPI writes it, {@code (('KEY' 'VALUE') …)} with the
 * values as its database keeps them.
 */
public final class SnapshotMetadata {
    private static final Pattern PAIR = Pattern.compile("\\('((?:[^'\\\\]|\\\\.)*)' '((?:[^'\\\\]|\\\\.)*)'\\)");

    private SnapshotMetadata() {}

    static String of(Ref<VM> ref, Row<VM> vm) {
        StringBuilder out = new StringBuilder("(");
        pair(out, "ref", ref.value());
        for (Field<VM, ?> field : VM.XEN_CLASS.fields()) {
            if (field != VM.SNAPSHOT_METADATA) {
                pair(out.append(' '), field.column(), DbText.of(vm.get(field.index())));
            }
        }
        return out.append(')').toString();
    }

    /** The UUID of the VM; empty when the text names none. */
    public static Optional<String> uuid(String metadata) {
        return Optional.of(text(metadata, VM.UUID, "")).filter(uuid -> !uuid.isEmpty());
    }

    private static void pair(StringBuilder out, String key, String value) {
        out.append("('").append(key).append("' '").append(escaped(value)).append("')");
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("'", "\\'");
    }

    /** A text field of the record; {@code otherwise} when it is not there. */
    static String text(String metadata, Field<VM, String> field, String otherwise) {
        Matcher pair = PAIR.matcher(metadata);
        while (pair.find()) {
            if (pair.group(1).equals(field.column())) {
                return pair.group(2).replace("\\'", "'").replace("\\\\", "\\");
            }
        }
        return otherwise;
    }
}
