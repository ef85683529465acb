package org.jxapi.datamodel.generator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.FieldBuilder;
import org.jxapi.datamodel.Lifecycle;
import org.jxapi.datamodel.MessageBuilder;
import org.jxapi.datamodel.ModelBuilder;
import org.jxapi.datamodel.Type;

/** Makes the model of a class from its file, which {@link ModelCheck} has found to be without faults. */
final class ClassReader {
    private final JsonNode file;
    private final Notation notation;
    private final ModelBuilder<Object> builder;

    private ClassReader(JsonNode file, Notation notation) {
        this.file = file;
        this.notation = notation;
        this.builder = new ModelBuilder<>(file.get("class").asText());
    }

    static ClassModel<?> read(JsonNode file, Notation notation) {
        ClassReader reader = new ClassReader(file, notation);
        file.path("fields").forEach(reader::field);
        file.path("messages").forEach(reader::message);
        return reader.model();
    }

    private void field(JsonNode node) {
        Type type = notation.known(text(node, "type"));
        String access = text(node, "access").replace('/', '_').toUpperCase(Locale.ROOT);
        FieldBuilder<Object, Object> field = builder.field(text(node, "name"), type, Field.Access.valueOf(access));
        if (node.has("column")) {
            field.column(text(node, "column"));
        }
        if (node.has("default")) {
            field.optional(DefaultValue.value(node.get("default"), type));
        }
        when(node, "persist", field::passing);
        if (node.has("set_role")) {
            field.setRole(BuiltInRole.of(text(node, "set_role")));
        }
        when(node, "set_client_cert", field::setClientCert);
        when(node, "get_role", field::restrictedRead);
        keyRoles(node, field::keyRole);
        if (node.has("inverse")) {
            field.inverse(text(node, "inverse"));
        }
        if (node.has("elements")) {
            field.elements(Field.Elements.valueOf(text(node, "elements").toUpperCase(Locale.ROOT)));
        }
        when(node, "internal", field::internal);
        lifecycle(node, field::build);
    }

    private void message(JsonNode node) {
        Type result = notation.known(text(node, "result"));
        MessageBuilder message = builder.message(text(node, "name"), result, BuiltInRole.of(text(node, "role")));
        for (JsonNode param : node.path("params")) {
            Type type = notation.known(text(param, "type"));
            if (param.has("default")) {
                message.param(text(param, "name"), type, DefaultValue.value(param.get("default"), type));
            } else if (param.has("secret")) {
                message.secretParam(text(param, "name"), type);
            } else {
                message.param(text(param, "name"), type);
            }
        }
        message.errors(texts(node.path("errors")));
        keyRoles(node, message::keyRole);
        when(node, "offered", message::notOffered);
        when(node, "client_cert", message::clientCert);
        when(node, "session", message::noSession);
        when(node, "async", message::noAsync);
        when(node, "hidden", message::hidden);
        when(node, "pool_internal", message::poolInternal);
        when(node, "secret", message::secret);
        when(node, "deferred", message::deferred);
        lifecycle(node, message::build);
    }

    private ClassModel<?> model() {
        if (file.get("database").asBoolean()) {
            builder.database();
        }
        if (file.get("persist").asBoolean()) {
            builder.persist();
        }
        if (file.get("events").asBoolean()) {
            builder.events();
        }
        builder.lookups(texts(file.get("lookups")));
        if (file.has("read_role")) {
            builder.readRole(BuiltInRole.of(text(file, "read_role")));
        }
        if (file.has("constructor_role")) {
            builder.constructorRole(BuiltInRole.of(text(file, "constructor_role")));
        }
        return lifecycle(file, builder::build);
    }

    private static String text(JsonNode node, String key) {
        return node.get(key).asText();
    }

    private static String[] texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::asText)
                .toArray(String[]::new);
    }

    /** A flag is there only when it says something, see {@link Keys}. */
    private static void when(JsonNode node, String key, Runnable then) {
        if (node.has(key)) {
            then.run();
        }
    }

    private static void keyRoles(JsonNode node, BiConsumer<String, BuiltInRole> each) {
        for (Map.Entry<String, JsonNode> role : node.path("key_roles").properties()) {
            each.accept(role.getKey(), BuiltInRole.of(role.getValue().asText()));
        }
    }

    private interface Build<R> {
        R build(Lifecycle.State state, String... transitions);
    }

    private static <R> R lifecycle(JsonNode node, Build<R> build) {
        JsonNode lifecycle = node.get("lifecycle");
        String state = lifecycle.path("state").asText("published");
        String[] transitions = lifecycle.properties().stream()
                .filter(e -> !e.getKey().equals("state"))
                .flatMap(e -> Stream.of(e.getKey(), e.getValue().asText()))
                .toArray(String[]::new);
        return build.build(Lifecycle.State.valueOf(state.toUpperCase(Locale.ROOT)), transitions);
    }
}
