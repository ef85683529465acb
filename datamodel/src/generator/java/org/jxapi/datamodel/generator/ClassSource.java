package org.jxapi.datamodel.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jxapi.datamodel.BuiltInRole;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.ImplicitMessages;
import org.jxapi.datamodel.Lifecycle;
import org.jxapi.datamodel.MessageModel;

/** The source of a class: typed keys of its fields and its {@code ClassModel}, as calls of {@code ModelBuilder}. */
final class ClassSource {
    private final Described described;
    private final Code code;

    private ClassSource(Described described) {
        this.described = described;
        this.code = new Code(described.model.fields().stream()
                .map(f -> Names.constant(f.name()))
                .collect(Collectors.toSet()));
    }

    static String of(Described described) {
        return new ClassSource(described).source();
    }

    private String source() {
        ClassModel<?> model = described.model;
        String type = Names.type(model.name());
        StringBuilder keys = new StringBuilder();
        for (Field<?, ?> field : model.fields()) {
            keys.append("    /** ")
                    .append(Names.doc(described.about(field)))
                    .append(" */\n    public static final Field<")
                    .append(type)
                    .append(", ")
                    .append(Code.javaType(field.type()))
                    .append("> ")
                    .append(Names.constant(field.name()))
                    .append(" = ")
                    .append(fieldOf(field))
                    .append(";\n\n");
        }
        StringBuilder messages = new StringBuilder();
        for (MessageModel message : model.messages()) {
            if (!message.implicit()) {
                messages.append("        ").append(messageOf(message)).append(";\n");
            }
        }
        return """
                package %s;

                import static org.jxapi.datamodel.Field.Access.*;
                import static org.jxapi.datamodel.Field.Elements.*;
                import static org.jxapi.datamodel.Lifecycle.State.*;
                import static org.jxapi.datamodel.BuiltInRole.*;
                import static org.jxapi.datamodel.Type.*;
                import static org.jxapi.datamodel.Type.Basic.*;

                import java.util.List;
                import java.util.Map;
                import org.jxapi.datamodel.ClassModel;
                import org.jxapi.datamodel.Field;
                import org.jxapi.datamodel.ModelBuilder;
                import org.jxapi.datamodel.OrderedMap;
                import org.jxapi.datamodel.Ref;
                import org.jxapi.datamodel.Row;
                import org.jxapi.datamodel.XenTime;

                /** %s */
                public final class %s {
                    private static final ModelBuilder<%s> model = new ModelBuilder<>(%s);

                %s    public static final ClassModel<%s> XEN_CLASS = %s;

                    private %s() {}

                    private static ModelBuilder<%s> messages() {
                %s        return model;
                    }
                }
                """.formatted(
                        Generate.PACKAGE,
                        Names.doc(described.about),
                        type,
                        type,
                        Names.quote(model.name()),
                        keys,
                        type,
                        classOf(model),
                        type,
                        type,
                        messages);
    }

    /** The calls of a builder, one a line. */
    private final class Chain {
        private final List<String> calls = new ArrayList<>();

        Chain(String start) {
            calls.add(start);
        }

        void call(String name, String... arguments) {
            calls.add("." + name + "(" + String.join(", ", arguments) + ")");
        }

        void callIf(boolean condition, String name, String... arguments) {
            if (condition) {
                call(name, arguments);
            }
        }

        String build(Lifecycle lifecycle) {
            List<String> arguments = new ArrayList<>(List.of(code.constant(lifecycle.state())));
            lifecycle.transitions().forEach((transition, release) -> {
                arguments.add(Names.quote(transition));
                arguments.add(Names.quote(release));
            });
            call("build", arguments.toArray(String[]::new));
            return String.join("\n                    ", calls);
        }
    }

    private String fieldOf(Field<?, ?> field) {
        Chain chain = new Chain("model.<" + Code.javaType(field.type()) + ">field(" + Names.quote(field.name()) + ", "
                + code.type(field.type()) + ", " + code.constant(field.access()) + ")");
        chain.callIf(!field.column().equals(field.name()), "column", Names.quote(field.column()));
        if (field.hasDefault()) {
            Object value = field.defaultValue();
            if (value == null || value.equals(field.type().zero())) {
                chain.call("optional");
            } else {
                chain.call("optional", code.value(field.type(), value));
            }
        }
        chain.callIf(!field.persist(), "passing");
        if (field.setRole() != null) {
            chain.call("setRole", code.constant(field.setRole()));
        }
        chain.callIf(field.setClientCert(), "setClientCert");
        chain.callIf(field.restrictedRead(), "restrictedRead");
        keyRoles(chain, field.keyRoles());
        if (field.inverse() != null) {
            chain.call("inverse", Names.quote(field.inverse()));
        }
        chain.callIf(field.elements() != Field.Elements.NONE, "elements", code.constant(field.elements()));
        chain.callIf(field.internal(), "internal");
        return chain.build(field.lifecycle());
    }

    private String messageOf(MessageModel message) {
        Chain chain = new Chain("model.message(" + Names.quote(message.name()) + ", " + code.type(message.result())
                + ", " + code.constant(message.role()) + ")");
        for (MessageModel.Param param : message.params()) {
            List<String> arguments = new ArrayList<>(List.of(Names.quote(param.name()), code.type(param.type())));
            Object defaultValue = param.defaultValue();
            if (defaultValue != null) {
                arguments.add(code.value(param.type(), defaultValue));
            }
            chain.call(param.secret() ? "secretParam" : "param", arguments.toArray(String[]::new));
        }
        String[] errors = message.errors().stream().map(Names::quote).toArray(String[]::new);
        chain.callIf(errors.length > 0, "errors", errors);
        keyRoles(chain, message.keyRoles());
        chain.callIf(message.clientCert() && message.role() != BuiltInRole.READ_ONLY, "clientCert");
        chain.callIf(!message.session(), "noSession");
        chain.callIf(!message.async(), "noAsync");
        chain.callIf(message.hidden(), "hidden");
        chain.callIf(message.poolInternal(), "poolInternal");
        chain.callIf(message.secret(), "secret");
        chain.callIf(message.deferred(), "deferred");
        chain.callIf(!message.offered(), "notOffered");
        return chain.build(message.lifecycle());
    }

    private void keyRoles(Chain chain, Map<String, BuiltInRole> roles) {
        roles.forEach((key, role) -> chain.call("keyRole", Names.quote(key), code.constant(role)));
    }

    private String classOf(ClassModel<?> model) {
        ImplicitMessages implicit = model.implicit();
        Chain chain = new Chain("messages()");
        chain.callIf(model.database(), "database");
        chain.callIf(model.persist(), "persist");
        chain.callIf(model.events(), "events");
        String[] lookups =
                implicit.lookups().stream().sorted().map(Names::quote).toArray(String[]::new);
        chain.callIf(lookups.length > 0, "lookups", lookups);
        chain.callIf(implicit.readRole() != BuiltInRole.READ_ONLY, "readRole", code.constant(implicit.readRole()));
        if (implicit.constructorRole() != null) {
            chain.call("constructorRole", code.constant(implicit.constructorRole()));
        }
        return chain.build(model.lifecycle());
    }
}
