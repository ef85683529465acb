package org.jxapi.audit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Ref;
import org.jxapi.datamodel.Row;
import org.jxapi.datamodel.XenEnum;
import org.jxapi.dispatch.TrackId;
import org.jxapi.session.RoleService;
import org.jxapi.store.Snapshot;
import org.jxapi.store.Stored;
import org.jxapi.xenapi.Role;
import org.jxapi.xenapi.Session;
import org.jxapi.xenapi.Subject;
import org.jxapi.xenapi.VBD;
import org.jxapi.xenapi.XenModel;

/**
 * The parameters of a call in its record: references with the names and UUIDs of their objects, names, and a few others.
 * The rest is left out, since it may be secret. XAPI's rules: {@code sexpr_args_of} in ocaml/xapi/rbac_audit.ml.
 */
final class AuditArguments {
    /** Parameters that describe an object, in any call. */
    private static final Set<String> DESCRIPTIONS =
            Set.of("name", "label", "description", "name_label", "name_description", "new_name");

    /** Further parameters of single calls. */
    private static final Map<String, Set<String>> CHOSEN = Map.ofEntries(
            Map.entry(
                    "host.create",
                    Set.of("hostname", "address", "external_auth_type", "external_auth_service_name", "edition")),
            Map.entry(
                    "VM.create",
                    Set.of(
                            "is_a_template",
                            "memory_target",
                            "memory_static_max",
                            "memory_dynamic_max",
                            "memory_dynamic_min",
                            "memory_static_min",
                            "ha_always_run",
                            "ha_restart_priority")),
            Map.entry("host.set_address", Set.of("value")),
            Map.entry("VM.migrate", Set.of("dest", "live")),
            Map.entry("VM.start_on", Set.of("start_paused", "force")),
            Map.entry("VM.start", Set.of("start_paused", "force")),
            Map.entry("pool.create_VLAN", Set.of("device", "vLAN")),
            Map.entry("pool.join_force", Set.of("master_address")),
            Map.entry("pool.join", Set.of("master_address")),
            Map.entry("pool.enable_external_auth", Set.of("service_name", "auth_type")),
            Map.entry("host.enable_external_auth", Set.of("service_name", "auth_type")),
            Map.entry("subject.create", Set.of("subject_identifier", "other_config")),
            Map.entry("subject.create.other_config", Set.of("subject-name")),
            Map.entry("message.create", Set.of("name", "body")));

    private static final Pattern UUID = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    private static final String REFERENCE = "OpaqueRef:";

    private final Snapshot now;

    /** @param now where the objects have their names */
    AuditArguments(Snapshot now) {
        this.now = now;
    }

    /** The parameters of a message, an s-expression. */
    String of(MessageModel message, Object[] arguments) {
        Map<String, Object> named = new LinkedHashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            if (message.kind() == MessageModel.Kind.CREATE && arguments[i] instanceof Row<?> row) {
                row.model().publicFields().forEach(field -> named.put(field.name(), value(row, field)));
            } else {
                named.put(message.params().get(i).name(), arguments[i]);
            }
        }
        if (message.fullName().equals("VBD.destroy") && arguments[0] instanceof Ref<?> vbd) {
            now.find(VBD.XEN_CLASS.ref(vbd.value()))
                    .ifPresent(found -> named.put("VDI", found.row().get(VBD.VDI)));
        }
        return of(message.fullName(), named);
    }

    private static Object value(Row<?> row, Field<?, ?> field) {
        return row.get(field.index());
    }

    /** Those of a call with these parameters by name. */
    String of(String action, Map<String, ?> named) {
        List<String> all = new ArrayList<>();
        named.forEach((name, value) -> {
            if (!name.equals("session_id")) {
                one(action, name, value).ifPresent(all::add);
            }
        });
        return SExpression.list(all);
    }

    private Optional<String> one(String action, String name, Object value) {
        if (DESCRIPTIONS.contains(name) || CHOSEN.getOrDefault(action, Set.of()).contains(name)) {
            if (value instanceof Map<?, ?> map) {
                Map<String, Object> members = new LinkedHashMap<>();
                map.forEach((key, member) -> members.put(String.valueOf(key), member));
                String nested = of(action + "." + name, members);
                return Optional.of(SExpression.list(
                        List.of(SExpression.text(name), nested, SExpression.text(""), SExpression.text(""))));
            }
            if (!(value instanceof Ref<?>)) {
                return Optional.of(argument(name, plain(value), "", ""));
            }
        }
        return value instanceof Ref<?> || value instanceof String
                ? reference(name, value instanceof Ref<?> ref ? ref.value() : (String) value)
                : Optional.empty();
    }

    /** As XAPI prints values. */
    private static String plain(Object value) {
        if (value instanceof Boolean) {
            return "B(" + value + ")";
        }
        return value instanceof XenEnum constant ? constant.wire() : String.valueOf(value);
    }

    /** An object that is named by its reference or its UUID; nothing for other text. */
    private Optional<String> reference(String name, String text) {
        Optional<ClassModel<?>> model = now.classOf(text);
        if (model.isPresent()) {
            return Optional.of(object(name, model.get(), text));
        }
        if (UUID.matcher(text).matches()) {
            for (ClassModel<?> each : XenModel.CLASSES) {
                if (each.field("uuid") != null) {
                    Optional<String> found =
                            now.byUuid(each, text).map(Stored::ref).map(ref -> object(name, each, ref.value()));
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        if (!text.startsWith(REFERENCE) || text.equals(Ref.nil().value())) {
            return Optional.empty();
        }
        return Optional.of(RoleService.name(Role.XEN_CLASS.ref(text))
                .map(role -> argument(name, role, "", text))
                // It may be a session that has ended: nobody can use it, and nobody need see it.
                .orElseGet(() -> argument(
                        name,
                        "",
                        "",
                        UUID.matcher(text.substring(REFERENCE.length())).matches() ? text : "")));
    }

    private <C> String object(String name, ClassModel<C> model, String text) {
        if (model == (ClassModel<?>) Session.XEN_CLASS) {
            return argument(name, "", "", TrackId.of(Session.XEN_CLASS.ref(text)));
        }
        Optional<Row<C>> row = now.find(model.ref(text)).map(Stored::row);
        String label = row.map(found -> label(model, found)).orElse("");
        return argument(name, label, row.map(found -> text(found, "uuid")).orElse(""), text);
    }

    private static <C> String label(ClassModel<C> model, Row<C> row) {
        return model == (ClassModel<?>) Subject.XEN_CLASS
                ? row.as(Subject.XEN_CLASS).get(Subject.OTHER_CONFIG).getOrDefault("subject-name", "")
                : text(row, "name_label");
    }

    private static String text(Row<?> row, String field) {
        return row.model().field(field) == null
                ? ""
                : String.valueOf(row.get(row.model().requireField(field).index()));
    }

    private static String argument(String name, String label, String uuid, String reference) {
        return SExpression.list(List.of(
                SExpression.text(name), SExpression.text(label), SExpression.text(uuid), SExpression.text(reference)));
    }
}
