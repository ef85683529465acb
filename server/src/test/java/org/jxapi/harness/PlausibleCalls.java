package org.jxapi.harness;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jxapi.datamodel.ClassModel;
import org.jxapi.datamodel.Field;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.datamodel.Type;
import org.jxapi.xenapi.XenModel;

/** Calls of any message, with parameters of the right types. */
public final class PlausibleCalls {
    /** The messages that end the daemon, which a run through all messages leaves out. */
    public static final Set<String> END_THE_DAEMON = Set.of("host.restart_agent", "host.shutdown_agent");

    private PlausibleCalls() {}

    /** A reference of the class, if it has an object: for VM one of its own, since what is allowed depends on it. */
    public static Map<String, String> objects(JsonClient json, String session, ClassModel<?> model) throws Exception {
        Map<String, String> objects = new LinkedHashMap<>();
        if (model.name().equals("VM")) {
            String template = json.ok("VM.get_by_name_label", session, "Other install media")
                    .get(0)
                    .asText();
            String vm = json.ok("VM.clone", session, template, "all messages").asText();
            json.ok("VM.provision", session, vm);
            objects.put("VM", vm);
            return objects;
        }
        if (model.message("get_all") != null && model.database()) {
            json.call(model.name() + ".get_all", List.of(session))
                    .path("result")
                    .forEach(ref -> objects.put(model.name(), ref.asText()));
        }
        return objects;
    }

    public static List<Object> params(MessageModel message, String session, Map<String, String> objects) {
        List<Object> params = new ArrayList<>();
        if (message.session()) {
            params.add(session);
        }
        message.params().forEach(p -> params.add(value(p.type(), objects)));
        return params;
    }

    private static Object value(Type type, Map<String, String> objects) {
        if (type instanceof Type.Basic basic) {
            return switch (basic) {
                case INT -> 1;
                case FLOAT -> 0.0;
                case BOOL -> true;
                case DATETIME -> "20260821T02:00:23Z";
                default -> "text";
            };
        }
        if (type instanceof Type.Enumeration enumeration) {
            return enumeration.values().keySet().iterator().next();
        }
        if (type instanceof Type.Reference ref) {
            return objects.getOrDefault(ref.className(), "OpaqueRef:NULL");
        }
        if (type instanceof Type.SetOf) {
            return List.of();
        }
        if (type instanceof Type.Record record) {
            Map<String, Object> members = new LinkedHashMap<>();
            for (Field<?, ?> field : XenModel.get(record.className()).publicFields()) {
                members.put(field.name(), value(field.type(), objects));
            }
            return members;
        }
        return Map.of();
    }
}
