package org.jxapi.dispatch;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jxapi.session.Rights;

/**
 * The right to replace a whole map some of whose keys need a higher role than the map. The caller must have the right
 * to remove each such key that disappears or changes, and to add each one that appears or changes. XAPI has this rule
 * for {@code VM.platform} and for {@code other_config} of VMs and tasks.
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
        Set<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(after.keySet());
        keys.removeIf(key -> before.containsKey(key) && before.get(key).equals(after.get(key)));
        for (String key : keys) {
            if (after.containsKey(key)) {
                require(call, className + ".add_to_" + field + "/key:" + key);
            }
        }
        for (String key : keys) {
            if (!after.containsKey(key)) {
                require(call, className + ".remove_from_" + field + "/key:" + key);
            }
        }
    }

    private static void require(Call call, String permission) {
        if (!call.permits(permission)) {
            throw Rights.denied(permission);
        }
    }
}
