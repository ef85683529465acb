package org.jxapi.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.VM;
import org.jxapi.xenapi.XenModel;

/** How the command line shows objects: names with dashes, each with its access; from records.json. */
final class Records {
    private static final Map<String, Kind> KINDS = load();

    private Records() {}

    /** A kind of objects, such as vm, template and snapshot, which are all of class VM. */
    record Kind(String name, ClassModel model, List<Item> items, Set<String> defaults) {
        Item item(String itemName) {
            return items.stream()
                    .filter(i -> i.name().equals(itemName))
                    .findFirst()
                    .orElse(null);
        }
    }

    /**
     * A field as it is shown.
     *
     * @param mode RO, RW, SRO, SRW, MRO or MRW
     * @param nameOfRef whether a reference is shown by its object's name
     */
    record Item(String name, String mode, Field<?> field, boolean nameOfRef, boolean deprecated) {}

    private static Map<String, Kind> load() {
        try (InputStream in = Records.class.getResourceAsStream("records.json")) {
            Map<String, Kind> kinds = new LinkedHashMap<>();
            new ObjectMapper().readTree(in).fields().forEachRemaining(e -> kinds.put(e.getKey(), kind(e)));
            return kinds;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Kind kind(Map.Entry<String, JsonNode> entry) {
        ClassModel model = XenModel.get(entry.getValue().get("api").asText());
        List<Item> items = new ArrayList<>();
        for (JsonNode item : entry.getValue().get("fields")) {
            items.add(new Item(
                    item.get("name").asText(),
                    item.get("mode").asText(),
                    model.field(item.get("field").asText()),
                    item.has("show"),
                    item.has("deprecated")));
        }
        Set<String> defaults = new HashSet<>();
        entry.getValue().get("default").forEach(d -> defaults.add(d.asText()));
        return new Kind(entry.getKey(), model, items, defaults);
    }

    /** The kind of that name, or null. */
    static Kind kind(String name) {
        return KINDS.get(name);
    }

    /** The objects of a kind that the filters choose. */
    static List<Stored> select(Snapshot snapshot, Kind kind, Map<String, String> filters) {
        return snapshot.all(kind.model()).stream()
                .filter(s -> belongs(kind, s.row()))
                .filter(s -> filters.entrySet().stream().allMatch(f -> matches(snapshot, kind, s, f)))
                .sorted(java.util.Comparator.comparingLong(Stored::created))
                .toList();
    }

    private static boolean belongs(Kind kind, Row row) {
        return switch (kind.name()) {
            case "vm" -> !row.get(VM.IS_A_TEMPLATE);
            case "template" -> row.get(VM.IS_A_TEMPLATE) && !row.get(VM.IS_A_SNAPSHOT);
            case "snapshot" -> row.get(VM.IS_A_SNAPSHOT);
            default -> true;
        };
    }

    private static boolean matches(Snapshot snapshot, Kind kind, Stored stored, Map.Entry<String, String> filter) {
        String key = filter.getKey();
        int colon = key.indexOf(':');
        Item item = kind.item(colon < 0 ? key : key.substring(0, colon));
        if (item == null) {
            throw new CliException("Unknown field or parameter: " + key);
        }
        Object value = stored.row().get(item.field().index());
        if (colon >= 0 && value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .anyMatch(e -> plain(e.getKey()).equals(key.substring(colon + 1))
                            && plain(e.getValue()).equals(filter.getValue()));
        }
        if (colon >= 0 && value instanceof List<?> list) {
            return list.stream().anyMatch(m -> scalar(snapshot, item, m).equals(filter.getValue()));
        }
        return text(snapshot, item, stored.row()).equals(filter.getValue());
    }

    /** A field's value as the command line shows it. */
    static String text(Snapshot snapshot, Item item, Row row) {
        Object value = row.get(item.field().index());
        if (value instanceof List<?> list) {
            return list.stream().map(m -> scalar(snapshot, item, m)).collect(Collectors.joining("; "));
        }
        if (value instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .map(e -> plain(e.getKey()) + ": " + plain(e.getValue()))
                    .collect(Collectors.joining("; "));
        }
        return scalar(snapshot, item, value);
    }

    private static String scalar(Snapshot snapshot, Item item, Object value) {
        if (value instanceof Ref<?> ref) {
            return shown(snapshot, ref, item.nameOfRef());
        }
        if (value instanceof XenEnum constant && item.name().equals("power-state")) {
            return constant.wire().toLowerCase(Locale.ROOT);
        }
        return plain(value);
    }

    private static String plain(Object value) {
        if (value instanceof XenEnum constant) {
            return constant.wire();
        }
        if (value instanceof Double number) {
            return "%.3f".formatted(number);
        }
        return String.valueOf(value);
    }

    private static String shown(Snapshot snapshot, Ref<?> ref, boolean byName) {
        return snapshot.classOf(ref)
                .flatMap(model -> snapshot.find(model, ref))
                .map(s -> {
                    Field<?> field = s.row().model().field(byName ? "name_label" : "uuid");
                    return field == null ? ref.value() : (String) s.row().get(field.index());
                })
                .orElse("<not in database>");
    }

    /** A record in XAPI's layout: names aligned on the right, the first one on the left. */
    static String layout(List<Map.Entry<String, String>> fields) {
        int width = 4 + fields.stream().mapToInt(f -> f.getKey().length()).max().orElse(0);
        StringBuilder out = new StringBuilder();
        for (Map.Entry<String, String> field : fields) {
            String pad = " ".repeat(width - field.getKey().length());
            out.append(out.isEmpty() ? field.getKey() + pad : "\n" + pad + field.getKey());
            out.append(": ").append(field.getValue());
        }
        return out.append("\n\n").toString();
    }

    /** A field's name with its access. */
    static String label(Item item) {
        return item.name() + " (" + (item.mode().length() == 2 ? " " : "") + item.mode() + ")"
                + (item.deprecated() ? " [DEPRECATED]" : "");
    }
}
