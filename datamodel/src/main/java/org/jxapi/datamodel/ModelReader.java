package org.jxapi.datamodel;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds the model's parts for the generated classes, from the notations of the model files. */
public final class ModelReader {
    private ModelReader() {}

    /** {@code flags}: the other keys of the model file as {@code key=value;key=value}. */
    @SuppressWarnings("unchecked")
    public static <C, T> Field<C, T> field(
            String className, int index, String name, String typeText, String flags, Type.Enumeration... enums) {
        Map<String, String> options = options(flags);
        Type type = type(typeText, enums);
        String given = options.get("default");
        String setRole = options.get("set_role");
        return new Field<>(
                className,
                name,
                options.getOrDefault("column", name),
                index,
                type,
                Field.Access.valueOf(options.get("access").replace('/', '_').toUpperCase(java.util.Locale.ROOT)),
                (T) (given == null ? type.zero() : Defaults.parse(type, given)),
                given != null,
                !"false".equals(options.get("persist")),
                setRole == null ? null : BuiltInRole.of(setRole),
                options.containsKey("set_client_cert"),
                options.containsKey("get_role"),
                roles(options.get("key_roles")),
                options.get("inverse"),
                Field.Elements.valueOf(options.getOrDefault("elements", "none").toUpperCase(java.util.Locale.ROOT)),
                options.containsKey("setter_effect"),
                options.containsKey("internal"),
                lifecycle(options.get("lifecycle")));
    }

    public static MessageModel.Param param(
            String name, String typeText, String defaultText, boolean secret, Type.Enumeration... enums) {
        Type type = type(typeText, enums);
        return new MessageModel.Param(
                name, type, defaultText == null ? null : Defaults.parse(type, defaultText), secret);
    }

    public static MessageModel message(
            String className,
            String name,
            List<MessageModel.Param> params,
            String result,
            List<String> errors,
            boolean offered,
            String flags,
            Type.Enumeration... enums) {
        Map<String, String> options = options(flags);
        return new MessageModel(
                className,
                name,
                MessageModel.Kind.EXPLICIT,
                params,
                type(result, enums),
                null,
                BuiltInRole.of(options.get("role")),
                options.containsKey("client_cert") || options.get("role").equals("read-only"),
                roles(options.get("key_roles")),
                !"false".equals(options.get("session")),
                !"false".equals(options.get("async")),
                options.containsKey("hidden"),
                options.containsKey("pool_internal"),
                options.containsKey("secret"),
                options.containsKey("deferred"),
                offered,
                errors,
                lifecycle(options.get("lifecycle")));
    }

    public static <C> ClassModel<C> classModel(
            String name, String flags, List<Field<C, ?>> fields, List<MessageModel> explicit) {
        Map<String, String> options = options(flags);
        Set<String> lookups = new HashSet<>(List.of(options.get("lookups").split(",")));
        String constructorRole = options.get("constructor_role");
        ImplicitMessages implicit = new ImplicitMessages(
                lookups,
                BuiltInRole.of(options.getOrDefault("read_role", "read-only")),
                constructorRole == null ? null : BuiltInRole.of(constructorRole));
        return new ClassModel<>(
                name,
                "true".equals(options.get("database")),
                "true".equals(options.get("persist")),
                "true".equals(options.get("events")),
                lifecycle(options.get("lifecycle")),
                fields,
                new ArrayList<>(explicit),
                implicit);
    }

    private static Type type(String text, Type.Enumeration... enums) {
        return Type.parse(text, name -> {
            for (Type.Enumeration each : enums) {
                if (each.name().equals(name)) {
                    return each;
                }
            }
            return null;
        });
    }

    private static Map<String, String> options(String flags) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String flag : flags.split(";")) {
            int equals = flag.indexOf('=');
            options.put(flag.substring(0, equals), flag.substring(equals + 1));
        }
        return options;
    }

    private static Map<String, BuiltInRole> roles(String text) {
        Map<String, BuiltInRole> roles = new LinkedHashMap<>();
        pairs(text).forEach((key, role) -> roles.put(key, BuiltInRole.of(role)));
        return roles;
    }

    private static Lifecycle lifecycle(String text) {
        Map<String, String> transitions = pairs(text);
        String state = transitions.remove("state");
        return new Lifecycle(
                state == null
                        ? Lifecycle.State.PUBLISHED
                        : Lifecycle.State.valueOf(state.toUpperCase(java.util.Locale.ROOT)),
                transitions);
    }

    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        if (text != null && !text.isEmpty()) {
            for (String pair : text.split("\\|")) {
                int colon = pair.lastIndexOf(':');
                pairs.put(pair.substring(0, colon), pair.substring(colon + 1));
            }
        }
        return pairs;
    }
}
