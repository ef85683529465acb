package org.jxapi.datamodel.generator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Type;

/** The source of the interface that the server implements for a class's explicit messages. */
final class MessagesSource {
    /** A message with more parameters than this takes them as a record of its class, if they are fields of it. */
    private static final int MANY = 12;

    private MessagesSource() {}

    /** Nothing for a class without any message that is offered. */
    static Optional<String> of(Described described) {
        String className = described.model.name();
        String type = Names.type(className);
        StringBuilder methods = new StringBuilder();
        StringBuilder binds = new StringBuilder();
        for (MessageModel message : described.model.messages()) {
            if (message.implicit() || !message.offered()) {
                continue;
            }
            String method = Names.member(message.name());
            List<String> params = new ArrayList<>(List.of("C call"));
            List<String> args = new ArrayList<>(List.of("call"));
            if (describesAnObject(described.model, message)) {
                params.add("Row<" + type + "> given");
                args.add(row(type, message));
            } else {
                int i = 0;
                for (MessageModel.Param param : message.params()) {
                    params.add(Code.parameterType(param.type()) + " " + parameterName(param.name()));
                    args.add("(" + Code.javaType(param.type()) + ") args[" + i++ + "]");
                }
            }
            String result = Code.javaType(message.result());
            String returns =
                    message.deferred() ? "CompletionStage<" + result + ">" : Code.parameterType(message.result());
            methods.append("\n    /** ")
                    .append(Names.doc(described.about(message)))
                    .append(" */\n    ")
                    .append(returns)
                    .append(' ')
                    .append(method)
                    .append('(')
                    .append(String.join(", ", params))
                    .append(") throws Exception;\n");
            String callText = "service." + method + "(" + String.join(", ", args) + ")";
            binds.append("        table.bind(")
                    .append(Names.quote(message.fullName()))
                    .append(", (call, args) -> ")
                    .append(
                            returns.equals("void")
                                    ? "{\n            " + callText + ";\n            return null;\n        }"
                                    : callText)
                    .append(");\n");
        }
        if (methods.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of("""
                package %s;

                import java.util.List;
                import java.util.Map;
                import java.util.concurrent.CompletionStage;
                import org.jxapi.datamodel.EventBatch;
                import org.jxapi.datamodel.MessageTable;
                import org.jxapi.datamodel.Ref;
                import org.jxapi.datamodel.Row;
                import org.jxapi.datamodel.XenTime;

                /**
                 * The explicit messages of {@code %s}.
                 *
                 * @param <C> the server's context of a call
                 */
                public interface %sMessages<C> {
                %s
                    /** Binds every message to its method. */
                    @SuppressWarnings("unchecked")
                    static <C> void bind(MessageTable<C> table, %sMessages<C> service) {
                %s    }
                }
                """.formatted(Generate.PACKAGE, className, type, methods, type, binds));
    }

    private static boolean describesAnObject(ClassModel<?> model, MessageModel message) {
        return message.params().size() > MANY
                && message.params().stream().allMatch(param -> isOf(model.field(param.name()), param.type()));
    }

    private static boolean isOf(@Nullable Field<?, ?> field, Type type) {
        return field != null && field.type().text().equals(type.text());
    }

    /** A record of the class with the parameters in their fields, and the defaults in all others. */
    private static String row(String type, MessageModel message) {
        StringBuilder row = new StringBuilder("Row.of(" + type + ".XEN_CLASS)");
        int i = 0;
        for (MessageModel.Param param : message.params()) {
            row.append("\n                .with(")
                    .append(type + "." + Names.constant(param.name()))
                    .append(", (" + Code.javaType(param.type()) + ") args[" + i++ + "])");
        }
        return row.toString();
    }

    private static String parameterName(String name) {
        String member = Names.member(name);
        return member.equals("call") ? "call_" : member;
    }
}
