package org.jxapi.backup;

import com.ctc.wstx.api.WstxInputProperties;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenApiException;
import org.jxapi.query.DbValues;
import org.jxapi.store.Relations;
import org.jxapi.store.StagedDatabase;
import org.jxapi.xenapi.Errors;
import org.jxapi.xenapi.XenModel;
import org.jxapi.xml.SafeXml;

/** Reads a dump that {@link DatabaseDump} wrote; upstream: Db_xml.From of db_xml.ml. */
final class Dump {
    /** The longest value, in characters: a table of UEFI variables is far smaller. */
    private static final int LONGEST = 16 << 20;

    private static final XMLInputFactory FACTORY = factory();

    /** An object of the dump, and the number of the change that made it. */
    private record Made(Ref<?> ref, Row<?> row, long created) {}

    private final Map<String, String> manifest = new HashMap<>();
    private final List<Made> objects = new ArrayList<>();
    private final Set<String> refs = new HashSet<>();
    private final Set<String> uuids = new HashSet<>();
    private @Nullable ClassModel<?> table;

    private Dump() {}

    private static XMLInputFactory factory() {
        XMLInputFactory factory = SafeXml.factory();
        factory.setProperty(WstxInputProperties.P_MAX_ATTRIBUTE_SIZE, LONGEST);
        return factory;
    }

    /**
     * Reads all objects, in the order in which they were made.
     *
     * @return their records, whose derived fields are empty. RESTORE_INCOMPATIBLE_VERSION for a dump of another schema,
     *     INTERNAL_ERROR for one that cannot be read
     */
    static Map<Ref<?>, Row<?>> read(InputStream in) {
        Dump dump = new Dump();
        try {
            XMLStreamReader xml = FACTORY.createXMLStreamReader(in);
            try {
                while (xml.hasNext()) {
                    dump.take(xml, xml.next());
                }
            } finally {
                xml.close();
            }
        } catch (XMLStreamException e) {
            throw unusable("it is not XML: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""))
                    .causedBy(e);
        }
        Map<Ref<?>, Row<?>> rows = new LinkedHashMap<>();
        dump.objects.sort(Comparator.comparingLong(Made::created));
        dump.objects.forEach(made -> rows.put(made.ref(), made.row()));
        return rows;
    }

    /** The error for a file that cannot be restored. */
    static XenApiException unusable(String reason) {
        return Errors.internalError("The database cannot be restored from this file: " + reason);
    }

    private void take(XMLStreamReader xml, int event) {
        if (event == XMLStreamConstants.DTD) {
            throw unusable("it has a DOCTYPE");
        }
        if (event == XMLStreamConstants.END_ELEMENT && xml.getLocalName().equals("manifest")) {
            checkVersion();
        }
        if (event != XMLStreamConstants.START_ELEMENT) {
            return;
        }
        switch (xml.getLocalName()) {
            case "database", "manifest" -> {}
            case "pair" -> manifest.put(needed(xml, "key"), needed(xml, "value"));
            case "table" -> {
                checkVersion();
                table = table(needed(xml, "name"));
            }
            case "row" -> row(xml);
            default -> throw unusable("it has the element " + xml.getLocalName());
        }
    }

    private void checkVersion() {
        boolean known = Integer.toString(DumpFormat.MAJOR).equals(manifest.get("schema_major_vsn"))
                && Integer.toString(DumpFormat.MINOR).equals(manifest.get("schema_minor_vsn"))
                && Integer.toString(StagedDatabase.SCHEMA).equals(manifest.get(DumpFormat.OWN_SCHEMA));
        if (!known) {
            throw Errors.restoreIncompatibleVersion();
        }
    }

    private static ClassModel<?> table(String name) {
        ClassModel<?> model = XenModel.get(name);
        if (model == null || !model.stored()) {
            throw unusable("it has the table " + name + ", which this version does not know");
        }
        return model;
    }

    private static String needed(XMLStreamReader xml, String attribute) {
        String value = xml.getAttributeValue(null, attribute);
        if (value == null) {
            throw unusable("an element " + xml.getLocalName() + " has no " + attribute);
        }
        return value;
    }

    private void row(XMLStreamReader xml) {
        if (table == null) {
            throw unusable("a row is in no table");
        }
        if (!DumpFormat.kept(table)) {
            return;
        }
        String ref = needed(xml, "ref");
        if (!ref.startsWith("OpaqueRef:") || !refs.add(ref)) {
            throw unusable("two objects have the reference " + ref + ", or it is none");
        }
        Row<?> row = row(xml, table);
        refuseSecondUuid(row);
        objects.add(new Made(table.ref(ref), row, number(needed(xml, "__ctime"))));
    }

    private void refuseSecondUuid(Row<?> row) {
        Field<?, ?> field = row.model().field("uuid");
        if (field == null) {
            return;
        }
        String table = row.model().name();
        String uuid = (String) row.get(field.index());
        if (!uuids.add(table + ' ' + uuid)) {
            throw Errors.dbUniquenessConstraintViolation(table, "uuid", uuid);
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw unusable("a row has the __ctime " + text).causedBy(e);
        }
    }

    private static <C> Row<C> row(XMLStreamReader xml, ClassModel<C> model) {
        Object[] values = new Object[model.fields().size()];
        for (Field<C, ?> field : model.fields()) {
            values[field.index()] = field.defaultValue();
        }
        for (int i = 0; i < xml.getAttributeCount(); i++) {
            String name = xml.getAttributeLocalName(i);
            if (name.equals("ref") || name.equals("_ref") || name.equals("__ctime") || name.equals("__mtime")) {
                continue;
            }
            Field<C, ?> field = model.fieldByColumn(name);
            if (field == null) {
                throw unusable("it has the field " + model.name() + "." + name + ", which this version does not know");
            }
            if (Relations.stored(field)) {
                values[field.index()] = value(field, xml.getAttributeValue(i));
            }
        }
        return Row.of(model, values);
    }

    private static Object value(Field<?, ?> field, String text) {
        try {
            return DbValues.parse(field.type(), DumpFormat.unprotect(text));
        } catch (IllegalArgumentException e) {
            throw unusable("the field " + field + " has a value that is no "
                            + field.type().text())
                    .causedBy(e);
        }
    }
}
