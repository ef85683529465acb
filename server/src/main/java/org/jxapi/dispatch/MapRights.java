package org.jxapi.dispatch;

import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.jxapi.datamodel.MessageModel;
import org.jxapi.session.Permissions;
import org.jxapi.session.Rights;
import org.jxapi.xenapi.XenModel;

/**
 * The right to replace a whole map some of whose keys are protected. The caller must have the right to add each protected
 * key that appears or changes, and to remove each one that disappears. XAPI has this rule for {@code VM.platform} and for
 * {@code other_config} of VMs and tasks: {@code set_map_with_rbac} in ocaml/xapi/helpers.ml.
 */
public final class MapRights {
    private MapRights() {}

    /**
     * RBAC_PERMISSION_DENIED with the first right that is missing.
     *
     * @param className of the XenAPI
     */
    public static void check(
            Call call, String className, String field, Map<String, String> before, Map<String, String> after) {
        check(call, className, "add_to_" + field, after, key -> !Objects.equals(before.get(key), after.get(key)));
        check(call, className, "remove_from_" + field, before, key -> !after.containsKey(key));
    }

    private static void check(
            Call call, String className, String messageName, Map<String, String> map, Predicate<String> concerned) {
        MessageModel message = Objects.requireNonNull(
                Objects.requireNonNull(XenModel.get(className)).message(messageName));
        TreeSet<String> patterns = new TreeSet<>();
        for (String key : map.keySet()) {
            @Nullable String pattern = concerned.test(key) ? Permissions.protecting(message, key) : null;
            if (pattern != null) {
                patterns.add(pattern);
            }
        }
        for (String pattern : patterns) {
            String permission = message.fullName() + "/key:" + pattern;
            if (!call.permits(permission)) {
                throw Rights.denied(permission);
            }
        }
    }
}
