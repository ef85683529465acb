package org.jxapi.backup;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.query.DbText;
import org.jxapi.store.Snapshot;
import org.jxapi.store.StagedDatabase;
import org.jxapi.store.Stored;

/** Writes the objects of one moment as XAPI's XML, row by row, so that memory does not grow with their number. */
public final class DatabaseDump {
    private static final int PIECE = 64 * 1024;

    private final Snapshot now;
    private final BiFunction<Field<?, ?>, Object, Object> shown;

    private DatabaseDump(Snapshot now, BiFunction<Field<?, ?>, Object, Object> shown) {
        this.now = now;
        this.shown = shown;
    }

    /**
     * Writes all, with the check sum at its end.
     *
     * @param meanwhile is called between rows; an exception from it ends the dump
     */
    public static void write(Snapshot now, OutputStream out, Runnable meanwhile) throws IOException {
        MessageDigest digest = DumpFormat.digest();
        DigestOutputStream summed = new DigestOutputStream(new BufferedOutputStream(out, PIECE), digest);
        new DatabaseDump(now, (field, value) -> value).write(summed, meanwhile);
        summed.on(false);
        summed.write(DumpFormat.seal(digest.digest()));
        summed.flush();
    }

    /**
     * Writes all for a reader, with other values in the place of some. It has no check sum, so nobody can restore it.
     *
     * @param shown the value to write for a field and its value
     */
    public static void write(Snapshot now, OutputStream out, BiFunction<Field<?, ?>, Object, Object> shown)
            throws IOException {
        new DatabaseDump(now, shown).write(out, () -> {});
    }

    private void write(OutputStream out, Runnable meanwhile) throws IOException {
        Writer xml = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), PIECE);
        xml.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<database><manifest>");
        pair(xml, "schema_major_vsn", DumpFormat.MAJOR);
        pair(xml, "schema_minor_vsn", DumpFormat.MINOR);
        pair(xml, "generation_count", now.sequence());
        pair(xml, DumpFormat.OWN_SCHEMA, StagedDatabase.SCHEMA);
        xml.write("</manifest>");
        for (ClassModel<?> model : DumpFormat.tables()) {
            table(xml, model, meanwhile);
        }
        xml.write("</database>");
        xml.flush();
    }

    private static void pair(Writer xml, String key, long value) throws IOException {
        xml.write("<pair key=\"" + key + "\" value=\"" + value + "\"/>");
    }

    private <C> void table(Writer xml, ClassModel<C> model, Runnable meanwhile) throws IOException {
        xml.write("<table name=\"" + model.name() + "\"");
        if (!DumpFormat.kept(model) || now.count(model) == 0) {
            xml.write("/>");
            return;
        }
        xml.write('>');
        List<Field<C, ?>> fields = model.fields().stream()
                .sorted(Comparator.comparing(Field::column))
                .toList();
        for (Stored<C> stored : now.all(model)) {
            meanwhile.run();
            row(xml, stored, fields);
        }
        xml.write("</table>");
    }

    /** As in XAPI, the attributes are in the order of their names behind the first three. */
    private <C> void row(Writer xml, Stored<C> stored, List<Field<C, ?>> fields) throws IOException {
        String ref = stored.ref().value();
        xml.write("<row ref=\"");
        escape(xml, ref);
        xml.write("\" __ctime=\"" + stored.created() + "\" __mtime=\"" + stored.modified() + "\" _ref=\"");
        escape(xml, DumpFormat.protect(ref));
        for (Field<C, ?> field : fields) {
            xml.write("\" " + field.column() + "=\"");
            Object value = shown.apply(field, stored.row().get(field.index()));
            escape(xml, DumpFormat.protect(DbText.of(value)));
        }
        xml.write("\"/>");
    }

    private static void escape(Writer xml, String text) throws IOException {
        int done = 0;
        for (int i = 0; i < text.length(); i++) {
            String entity = switch (text.charAt(i)) {
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '&' -> "&amp;";
                case '"' -> "&quot;";
                default -> "";
            };
            if (!entity.isEmpty()) {
                xml.write(text, done, i - done);
                xml.write(entity);
                done = i + 1;
            }
        }
        xml.write(text, done, text.length() - done);
    }
}
