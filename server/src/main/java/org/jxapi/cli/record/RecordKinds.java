package org.jxapi.cli.record;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.XenModel;

/** The kinds in records.txt, whose head describes its format. */
public final class RecordKinds {
    private static final Map<String, RecordKind> KINDS = load();

    private RecordKinds() {}

    /** The kind of that name; IllegalArgumentException when there is none. */
    public static RecordKind get(String name) {
        return known(KINDS, name);
    }

    private static RecordKind known(Map<String, RecordKind> kinds, String name) {
        RecordKind kind = kinds.get(name);
        if (kind == null) {
            throw new IllegalArgumentException("there is no kind " + name);
        }
        return kind;
    }

    public static Collection<RecordKind> all() {
        return KINDS.values();
    }

    private static Map<String, RecordKind> load() {
        try (InputStream in = RecordKinds.class.getResourceAsStream("/org/jxapi/cli/records.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return read(lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The kinds of such a file; IllegalStateException names the line of a fault. */
    static Map<String, RecordKind> read(BufferedReader lines) throws IOException {
        Map<String, RecordKind> kinds = new LinkedHashMap<>();
        List<RecordField> fields = new ArrayList<>();
        @Nullable ClassModel<?> model = null;
        int number = 1;
        for (String line = lines.readLine(); line != null; line = lines.readLine(), number++) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split(" ");
            try {
                if (line.startsWith("[")) {
                    model = model(words[1]);
                    fields = new ArrayList<>();
                    kind(kinds, words, model, fields);
                } else if (model == null) {
                    throw new IllegalArgumentException("a field before the first kind");
                } else {
                    fields.add(field(model, words));
                }
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException("records.txt, line " + number + ": " + e.getMessage(), e);
            }
        }
        return Collections.unmodifiableMap(kinds);
    }

    private static ClassModel<?> model(String name) {
        ClassModel<?> model = XenModel.get(name);
        if (model == null) {
            throw new IllegalArgumentException("the model has no class " + name);
        }
        return model;
    }

    private static void kind(
            Map<String, RecordKind> kinds, String[] words, ClassModel<?> model, List<RecordField> fields) {
        String name = words[0].substring(1, words[0].length() - 1);
        Map<String, String> where = new LinkedHashMap<>();
        List<String> shown = List.of();
        List<RecordField> own = fields;
        for (int i = 2; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            String value = words[i].substring(equals + 1);
            switch (words[i].substring(0, equals)) {
                case "like" -> own = known(kinds, value).fields();
                case "show" -> shown = List.of(value.split(","));
                case "where" -> {
                    for (String condition : value.split(",")) {
                        int colon = condition.indexOf(':');
                        where.put(condition.substring(0, colon), condition.substring(colon + 1));
                    }
                }
                default -> throw new IllegalArgumentException("unknown word " + words[i]);
            }
        }
        kinds.put(name, new RecordKind(name, model, own, where, shown));
    }

    private static RecordField field(ClassModel<?> model, String[] words) {
        @Nullable Field<?, ?> through = null;
        @Nullable Field<?, ?> field = null;
        if (!words[2].equals("-")) {
            String[] path = words[2].split("\\.");
            field = named(model, path[0]);
            if (path.length == 2) {
                through = field;
                field = named(model(((Type.Reference) through.type()).className()), path[1]);
            }
        }
        Set<String> options = new HashSet<>();
        String absent = Api.ABSENT;
        for (int i = 3; i < words.length; i++) {
            if (words[i].startsWith("absent=")) {
                absent = words[i].substring("absent=".length()).replace('_', ' ');
            } else {
                options.add(words[i]);
            }
        }
        return new RecordField(words[0], RecordField.Access.valueOf(words[1]), through, field, absent, options);
    }

    private static Field<?, ?> named(ClassModel<?> model, String name) {
        Field<?, ?> field = model.field(name);
        if (field == null) {
            throw new IllegalArgumentException(model.name() + " has no field " + name);
        }
        return field;
    }
}
