package org.jxapi.cli.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jxapi.cli.thin.CliException;
import org.jxapi.cli.thin.CommandLine.Param;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Type;

/** Changes an object's fields as the user writes them, each by the messages that the API has for it. */
public final class RecordChanges {
    private final CliObject object;
    private final Api api;

    public RecordChanges(CliObject object) {
        this.object = object;
        this.api = object.api();
    }

    /** {@code field=value} and {@code map:key=value}, in the order in which they are given. */
    public void set(List<Param> settings) {
        Map<RecordField, Map<String, String>> whole = new LinkedHashMap<>();
        for (Param setting : settings) {
            Filters.Target target = Filters.target(object.kind(), setting.name());
            RecordField field = target.field();
            if (target.key() == null) {
                setField(field, setting.value());
            } else if (field.set()) {
                throw new CliException("Cannot param-set on set fields");
            } else if (field.has("set-map")) {
                whole.computeIfAbsent(field, f -> new LinkedHashMap<>()).put(target.key(), setting.value());
            } else {
                setKey(field, target.key(), setting.value());
            }
        }
        whole.forEach(this::setMap);
    }

    private void setKey(RecordField field, String key, String value) {
        if (field.has("set-in-map")) {
            api.call(message("set_property"), object.ref(), key, value);
            return;
        }
        if (!field.addable()) {
            throw new CliException("Map field '" + field.name() + "' is read-only.");
        }
        checkKey(field, key);
        if (object.entries(field).containsKey(key)) {
            removeElement(field, key);
        }
        addEntry(field, key, value);
    }

    private void setMap(RecordField field, Map<String, String> entries) {
        if (field.name().equals("bios-strings")) {
            BiosStringsParameter.check(entries.keySet());
        }
        api.call(message("set_" + field.apiName()), object.ref(), entries);
    }

    private void setField(RecordField field, String text) {
        if (!field.settable()) {
            throw new CliException(
                    field.addable() && field.map()
                            ? "Field '" + field.name() + "' is a map or set. use the 'name:key=value' syntax."
                            : "Field '" + field.name() + "' is read-only.");
        }
        api.call(message("set_" + field.apiName()), object.ref(), value(field, settableType(field), text));
    }

    private Type settableType(RecordField field) {
        if (field.field() != null) {
            return field.type();
        }
        MessageModel setter = object.kind().model().message("set_" + field.apiName());
        if (setter == null) {
            throw new IllegalStateException("no message sets " + field.name());
        }
        return setter.params().get(1).type();
    }

    private Object value(RecordField field, Type type, String text) {
        if (type == Type.Basic.INT) {
            if (field.has("bytes")) {
                return Amounts.bytes(field.name(), text);
            }
            return Amounts.integer(
                    text,
                    field.has("plain")
                            ? "Parameter " + field.name() + " must be an integer"
                            : "Failed to parse parameter '" + field.name() + "': expecting an integer");
        }
        if (type == Type.Basic.BOOL) {
            if (!text.equals("true") && !text.equals("false")) {
                throw new CliException(
                        field.has("plain")
                                ? "Parameter " + field.name() + " must be a boolean (true or false)"
                                : "Failed to parse parameter '" + field.name()
                                        + "': expecting a boolean (true or false)");
            }
            return text.equals("true");
        }
        if (type == Type.Basic.FLOAT) {
            try {
                return Double.valueOf(text);
            } catch (NumberFormatException e) {
                throw new CliException("Parameter " + field.name() + " must be a floating-point number");
            }
        }
        if (type instanceof Type.Enumeration enumeration) {
            return EnumNames.parse(enumeration, text);
        }
        if (type instanceof Type.Reference reference) {
            boolean none = text.isEmpty()
                    && (field.has("null") || reference.className().equals("SR"));
            return none ? Ref.nil() : api.byUuid(reference.className(), text);
        }
        if (type instanceof Type.SetOf set) {
            List<Object> members = new ArrayList<>();
            for (String word : text.split(",")) {
                if (!word.isBlank()) {
                    members.add(value(field, set.element(), word.strip()));
                }
            }
            return members;
        }
        return text;
    }

    /** A member of a set, or entries of a map. */
    public void add(RecordField field, Optional<String> member, List<Param> entries) {
        if (field.addable() && field.set()) {
            addMember(
                    field,
                    member.orElseThrow(
                            () -> new CliException(
                                    "When adding a key to a set, use the syntax: *-param-add param-name=<name> param-key=<key>")));
        } else if (field.addable()) {
            for (Param entry : entries) {
                checkKey(field, entry.name());
                addEntry(field, entry.name(), entry.value());
            }
        } else if (field.set() || field.map()) {
            throw new CliException("Parameter is read-only");
        } else {
            throw new CliException("Can only add to parameters of type Set or Map");
        }
    }

    /** A member of a set, or the entry of a map that has that key. */
    public void remove(RecordField field, String key) {
        if (!field.set() && !field.map()) {
            throw new CliException("Can only remove from parameters of type Set or Map");
        }
        if (!field.addable()) {
            throw new CliException("Cannot remove parameters from read-only map");
        }
        if (field.set() && !object.members(field).contains(key)) {
            throw new CliException("Key " + key + " is not in the set");
        }
        if (field.map() && !object.entries(field).containsKey(key)) {
            throw new CliException("Key " + key + " is not in map");
        }
        removeElement(field, key);
    }

    /** Empties a set, a map or a field. */
    public void clear(RecordField field) {
        if (field.set() && field.addable()) {
            object.members(field).forEach(m -> removeElement(field, m));
        } else if (field.has("clear") || field.has("set-map")) {
            api.call(message("set_" + field.apiName()), object.ref(), Map.of());
        } else if (field.map() && field.addable()) {
            object.entries(field).keySet().forEach(k -> removeElement(field, k));
        } else if (field.settable()) {
            try {
                setField(field, "");
            } catch (RuntimeException e) {
                throw new CliException("Cannot clear this parameter");
            }
        } else {
            throw new CliException("Can only clear RW parameters");
        }
    }

    private void addEntry(RecordField field, String key, String value) {
        api.call(message("add_to_" + field.apiName()), object.ref(), key(field, key), value);
    }

    private void addMember(RecordField field, String member) {
        Type element = ((Type.SetOf) field.type()).element();
        if (!hasMessage(message("add_" + elementName(field)))) {
            List<Object> members = wholeSet(field, element);
            Object added = value(field, element, member);
            if (!members.contains(added)) {
                members.add(added);
            }
            api.call(message("set_" + field.apiName()), object.ref(), members);
            return;
        }
        api.call(message("add_" + elementName(field)), object.ref(), value(field, element, member));
    }

    private void removeElement(RecordField field, String key) {
        if (field.map() && field.has("set-map")) {
            Map<String, String> entries = new LinkedHashMap<>(object.entries(field));
            entries.remove(key);
            api.call(message("set_" + field.apiName()), object.ref(), entries);
        } else if (field.map()) {
            api.call(message("remove_from_" + field.apiName()), object.ref(), key(field, key));
        } else {
            Type element = ((Type.SetOf) field.type()).element();
            if (hasMessage(message("remove_" + elementName(field)))) {
                api.call(message("remove_" + elementName(field)), object.ref(), value(field, element, key));
            } else {
                List<Object> members = wholeSet(field, element);
                members.remove(value(field, element, key));
                api.call(message("set_" + field.apiName()), object.ref(), members);
            }
        }
    }

    private List<Object> wholeSet(RecordField field, Type element) {
        List<Object> members = new ArrayList<>();
        object.members(field).forEach(m -> members.add(value(field, element, m)));
        return members;
    }

    /** The API speaks of one member where the command line names the set. */
    private static String elementName(RecordField field) {
        return switch (field.name()) {
            case "repositories" -> "repository";
            case "groups" -> "group";
            default -> field.apiName();
        };
    }

    private static Object key(RecordField field, String key) {
        return ((Type.MapOf) field.type()).key() instanceof Type.Enumeration enumeration
                ? EnumNames.parse(enumeration, key)
                : key;
    }

    private static void checkKey(RecordField field, String key) {
        if (field.name().equals("VCPUs-params")
                && !List.of("weight", "cap", "mask").contains(key)) {
            throw new CliException("Failed to add parameter '" + key + "': expecting 'weight','cap' or 'mask'");
        }
    }

    private String message(String name) {
        return object.kind().model().name() + "." + name;
    }

    private boolean hasMessage(String fullName) {
        return object.kind().model().message(fullName.substring(fullName.indexOf('.') + 1)) != null;
    }
}
